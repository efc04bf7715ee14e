import {
  conv2d,
  conv3d,
  convAdjointW,
  convAdjointX,
  createRandom,
  im2col,
  maxPool2d,
  pad,
  type Tensor,
} from "@conv/core";
import { conformance } from "@conv/core/testing";
import ts from "typescript";
import { describe, expect, test } from "vitest";
import { checkedDevice } from "./checked.js";

/** What the rules of kernels' texts say of one: sentences; none if it keeps them all. */
function complaints(source: string): string[] {
  const found: string[] = [];
  const file = ts.createSourceFile("kernel.js", source, ts.ScriptTarget.Latest, true, ts.ScriptKind.JS);
  const [kernel, ...more] = file.statements;
  if (!ts.isFunctionDeclaration(kernel) || more.length > 0) return ["it is not one function"];
  const parameters = kernel.parameters.map(({ name }) => name.getText());
  const arrays = new Set<string>();
  const declared = new Map<string, "const" | "let" | "parameter">(parameters.map((name) => [name, "parameter"]));
  const used = new Set<string>();
  const isAssignment = (kind: ts.SyntaxKind) =>
    kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment;

  const visit = (node: ts.Node): void => {
    if (ts.isForStatement(node)) {
      const header = source.slice(node.getStart(), node.statement.getStart()).trim();
      if (!/^for \(let (\w+) = 0; \1 < \d+; \1\+\+\)$/.test(header))
        found.push(`a loop that is not counted: ${header}`);
    }
    if (ts.isWhileStatement(node) || ts.isDoStatement(node) || ts.isForOfStatement(node) || ts.isForInStatement(node)) {
      found.push(`a loop that is not counted: ${node.getText().slice(0, 40)}`);
    }
    if (ts.isVariableDeclaration(node)) {
      const name = node.name.getText();
      if (declared.has(name)) found.push(`${name} is declared twice`);
      if (node.initializer === undefined) found.push(`${name} begins without a value`);
      declared.set(name, (node.parent.flags & ts.NodeFlags.Const) !== 0 ? "const" : "let");
    }
    if (ts.isElementAccessExpression(node)) arrays.add(node.expression.getText());
    if (ts.isBinaryExpression(node)) {
      const { kind } = node.operatorToken;
      if (isAssignment(kind) && !ts.isIdentifier(node.left)) found.push(`it writes ${node.left.getText()}`);
      if (isAssignment(kind) && declared.get(node.left.getText()) !== "let")
        found.push(`it changes ${node.left.getText()}`);
      if (kind === ts.SyntaxKind.PercentToken) found.push(`a remainder, which is rounded: ${node.getText()}`);
    }
    if (ts.isNumericLiteral(node)) {
      const text = source.slice(node.getStart(), node.getEnd());
      const value = Number(text);
      if (!/^\d+(\.\d+)?(e-?\d+)?$/.test(text)) found.push(`${text} is not a number everywhere`);
      if (!Number.isFinite(Math.fround(value))) found.push(`${text} is infinite in float32`);
      if (/^\d+$/.test(text) && value > 2 ** 24) found.push(`${text} is rounded in float32`);
    }
    if (ts.isArrayLiteralExpression(node) || ts.isObjectLiteralExpression(node)) found.push("it makes an array");
    if (ts.isFunctionLike(node) && node !== kernel) found.push("it makes a function");
    if (ts.isCallExpression(node) && !MATH.test(node.expression.getText()))
      found.push(`it calls ${node.expression.getText()}`);
    if (ts.isReturnStatement(node) && node.expression === undefined) found.push("it returns nothing");
    if (ts.isIdentifier(node) && !ts.isPropertyAccessExpression(node.parent)) used.add(node.text);
    if (ts.isPropertyAccessExpression(node) && !/^(this\.thread(\.x)?|Math\.\w+)$/.test(node.getText())) {
      found.push(`it asks for ${node.getText()}`);
    }
    ts.forEachChild(node, visit);
  };
  visit(kernel);

  for (const name of used) if (!declared.has(name) && name !== kernel.name?.text) found.push(`${name} is not declared`);
  for (const name of arrays) if (declared.get(name) !== "parameter") found.push(`${name} is an array, but no argument`);
  if (arrays.size > 7) found.push(`it has ${arrays.size} arrays`);
  const isArrays = parameters.map((name) => arrays.has(name));
  if (isArrays.includes(false) && isArrays.lastIndexOf(true) > isArrays.indexOf(false))
    found.push("an array is not read, or follows a number");
  if (source.length > 65_536) found.push(`it has ${source.length} letters`);
  return found;
}

/** What every mode has. */
const MATH = /^Math\.(abs|exp|floor|log|max|min|pow|sqrt|tanh)$/;

/** Complaints about all sources, each with its source. */
const complaintsOf = (sources: Iterable<string>) =>
  [...sources].flatMap((source) => complaints(source).map((complaint) => `${complaint}, in\n${source}`));

describe("the rules find what breaks them", () => {
  test.each([
    ["function k(x) { let i = 0; while (i < 3) { i = i + 1; } return x[i]; }", "a loop that is not counted"],
    [
      "function k(x, n) { let s = 0; for (let i = 0; i < n; i++) { s += x[i]; } return s; }",
      "a loop that is not counted",
    ],
    ["function k(x) { let s = 0; for (let i = 1; i < 4; i++) { s += x[i]; } return s; }", "a loop that is not counted"],
    ["function k(x) { x[0] = 1; return x[0]; }", "it writes x[0]"],
    ["function k(x) { const a = [1, 2]; return x[0]; }", "it makes an array"],
    ["function k(x) { return x[0] + y; }", "y is not declared"],
    ["function k(x) { const a = 1; if (a > 0) { const a = 2; } return x[0]; }", "a is declared twice"],
    ["function k(x) { const a = 1; a = 2; return x[a]; }", "it changes a"],
    ["function k(x) { return x[this.thread.x % 3]; }", "a remainder"],
    ["function k(x) { return x[0] * 1e+21; }", "is not a number everywhere"],
    ["function k(x) { return x[0] * 1e39; }", "is infinite"],
    ["function k(x) { return x[16777217]; }", "is rounded"],
    ["function k(x) { return Math.sign(x[0]); }", "it calls Math.sign"],
    ["function k(x) { return this.constants.n + x[0]; }", "it asks for this.constants"],
    ["function k(a, b, c, d, e, f, g, h) { return a[0]+b[0]+c[0]+d[0]+e[0]+f[0]+g[0]+h[0]; }", "it has 8 arrays"],
    [`function k(x) { ${" ".repeat(65_536)}return x[0]; }`, "letters"],
  ])("%s", (source, complaint) => {
    expect(complaints(source).join("\n")).toContain(complaint);
  });
});

describe("every kernel", () => {
  const { device, sources } = checkedDevice();

  test.each(conformance(device))(
    "$name: every read is one of an element, every key that of one text",
    async ({ run }) => run(),
  );

  test("keeps the rules, in all these cases", () => {
    expect(sources.size).toBeGreaterThan(300);
    expect(complaintsOf(sources.keys())).toEqual([]);
  });

  test("in parts, too", async () => {
    const small = checkedDevice({ maxElements: 100 });
    for (const { run } of conformance(small.device)) {
      await run().catch((error: Error) => expect(error.message).toContain("elements, but here"));
    }
    expect(complaintsOf(small.sources.keys())).toEqual([]);
  });
});

describe("kernels of many taps, axes and tensors", () => {
  const random = createRandom(5);
  const large: readonly (readonly [name: string, compute: (on: (t: Tensor) => Tensor) => Tensor])[] = [
    ["31×31", (on) => conv2d(on(random.normal([1, 1, 33, 33])), on(random.normal([1, 1, 31, 31])), { padding: 15 })],
    ["7×7×7", (on) => conv3d(on(random.normal([1, 1, 7, 8, 7])), on(random.normal([2, 1, 7, 7, 7])), { padding: 3 })],
    ["7×7×7, gradX", (on) => convAdjointX(on(random.normal([1, 2, 4, 4, 4])), on(random.normal([2, 1, 7, 7, 7])), { inSize: [7, 7, 7], stride: 2, padding: 3 })], // biome-ignore format: one line
    ["31×31, gradW", (on) => convAdjointW(on(random.normal([1, 1, 33, 33])), on(random.normal([1, 1, 3, 3])), { kernelSize: 31 })], // biome-ignore format: one line
    ["64 taps, all unrolled", (on) => conv2d(on(random.normal([1, 2, 9, 9])), on(random.normal([1, 2, 8, 8])), { stride: 3, padding: 4, dilation: 2 })], // biome-ignore format: one line
    ["64 taps, gradX", (on) => convAdjointX(on(random.normal([1, 1, 1, 1])), on(random.normal([1, 2, 8, 8])), { inSize: [9, 9], stride: 3, padding: 4, dilation: 2 })], // biome-ignore format: one line
    ["a pooling of 21×21", (on) => maxPool2d(on(random.normal([1, 1, 23, 23])), 21, { stride: 1, padding: 10 })],
    ["patches of 15×15", (on) => im2col(on(random.normal([1, 1, 16, 16])), { kernelSize: 15, padding: 7, stride: 3 })],
    ["a border of 200 pixels", (on) => pad(on(random.normal([1, 1, 3, 3])), [[200, 1], [1, 200]], { mode: "replicate" })], // biome-ignore format: one line
  ];
  test.each(large)("%s", async (_, compute) => {
    const { device, sources } = checkedDevice();
    await compute((t) => t.to(device)).data();
    expect(complaintsOf(sources.keys())).toEqual([]);
  });
});
