import { readdirSync, readFileSync } from "node:fs";
import ts from "typescript";
import { expect, test } from "vitest";

// What the source may not say. Comments and strings may: the compiler's own tree is looked at.

const SRC = new URL("../src/", import.meta.url);

/** The files of a folder of src and of those below it, as paths from src; no tests. */
function sources(folder = ""): string[] {
  return readdirSync(new URL(folder, SRC), { withFileTypes: true }).flatMap((entry) => {
    const path = folder + entry.name;
    if (entry.isDirectory()) return sources(`${path}/`);
    return path.endsWith(".ts") && !path.endsWith(".test.ts") ? [path] : [];
  });
}

/** What `say` finds in a text, each with its line. */
function found(text: string, say: (node: ts.Node) => string | undefined): string[] {
  const file = ts.createSourceFile("source.ts", text, ts.ScriptTarget.Latest, true);
  const words: string[] = [];
  const visit = (node: ts.Node): void => {
    const word = say(node);
    if (word !== undefined) words.push(`${file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1}: ${word}`);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return words;
}

/** The same in a file of src, with its path. */
const foundIn = (path: string, say: (node: ts.Node) => string | undefined): string[] =>
  found(readFileSync(new URL(path, SRC), "utf8"), say).map((word) => `${path}:${word}`);

/** A cast, or an `any`, which is one in disguise. */
function cast(node: ts.Node): string | undefined {
  if (ts.isAsExpression(node) && node.type.getText() !== "const") return node.getText();
  if (ts.isTypeAssertionExpression(node) || ts.isNonNullExpression(node)) return node.getText();
  return node.kind === ts.SyntaxKind.AnyKeyword ? "any" : undefined;
}

/** Names by which code asks what a device is, or reads its values at once. */
const ASKING = ["cpu", "isHost", "valuesOf", "dataSync", "readSync"];

const asking = (node: ts.Node): string | undefined =>
  ts.isIdentifier(node) && ASKING.includes(node.text) ? node.text : undefined;

test("by hand: casts are found, and any; as const, other names for imports, comments and strings are not", () => {
  const text = `import { a as b, type C as D } from "a"; // a cast: x as any
    import * as all from "as any";
    const list = ["x as y"] as const;
    const n = b as D;
    const m = <D>b;
    const o = b!;
    const p = (b as unknown) as D;
    const f = (x: any) => x satisfies D;`;
  expect(found(text, cast)).toEqual([
    "4: b as D",
    "5: <D>b",
    "6: b!",
    "7: (b as unknown) as D",
    "7: b as unknown",
    "8: any",
  ]);
});

test("by hand: questions about the device are found in code, not in comments", () => {
  const text = `import { cpu } from "@conv/core"; // isHost
    /** cpu */
    const isFast = x.device === cpu || x.device.isHost;
    const values = x.dataSync();`;
  expect(found(text, asking)).toEqual(["1: cpu", "3: cpu", "3: isHost", "4: dataSync"]);
});

test("the files are all there", () => {
  expect(sources()).toContain("ops/conv.ts");
  expect(sources()).toContain("sweep.ts");
  expect(sources().filter((path) => path.startsWith("ops/")).length).toBeGreaterThan(20);
});

test("types are inferred: no file of an operator holds a cast or an any", () => {
  const operators = sources().filter((path) => path.startsWith("ops/"));
  expect(operators.flatMap((path) => foundIn(path, cast))).toEqual([]);
});

test("nothing asks which device it is on, or reads values at once, but the accessors of Variable and the checks", () => {
  const others = sources().filter((path) => !path.startsWith("testing/"));
  const words = others.flatMap((path) => foundIn(path, asking)).map((word) => word.replace(/\d+: /, ""));
  expect(words).toEqual(["variable.ts:dataSync", "variable.ts:dataSync"]); // that of a Variable, which calls its tensor's
});
