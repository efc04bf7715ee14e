import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import ts from "typescript";
import { describe, expect, test } from "vitest";

const run = promisify(execFile);

/** The ts snippets of a Markdown file: { line, code }. */
function snippetsOf(markdown) {
  const found = [];
  const fence = /^```ts\n([\s\S]*?)^```/gm;
  for (let match = fence.exec(markdown); match !== null; match = fence.exec(markdown)) {
    found.push({ line: markdown.slice(0, match.index).split("\n").length + 1, code: match[1] });
  }
  return found;
}

/** What `console.log(…); // text` comments promise, in order. */
function promisedOutput(code) {
  return [...code.matchAll(/console\.log\(.*\);\s*\/\/ (.*)$/gm)].map(([, text]) => text.trim());
}

/**
 * Runs every ts snippet of a Markdown file as a program of its own, as a reader would: with the built packages. Where a
 * console.log line ends in a comment, the program must print that; `…` in it stands for anything.
 *
 * @param {string} path The Markdown file.
 * @param {string} [from] The folder whose packages the snippets import. Default: the file's.
 */
export function testSnippets(path, from = dirname(path)) {
  const folder = join(from, ".snippets");
  describe(`the snippets of ${path.split("/").slice(-3).join("/")} run`, () => {
    test.each(snippetsOf(readFileSync(path, "utf8")))("line $line", async ({ line, code }) => {
      const { outputText } = ts.transpileModule(code, {
        compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
      });
      const program = join(folder, `line${line}.mjs`);
      mkdirSync(folder, { recursive: true });
      writeFileSync(program, outputText);
      try {
        const { stdout } = await run(process.execPath, [program], { cwd: from });
        const printed = stdout.trimEnd().split("\n");
        for (const promise of promisedOutput(code)) {
          const pattern = promise.split("…").map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
          const at = printed.findIndex((text) => new RegExp(`^${pattern.join(".*")}$`).test(text.trim()));
          expect(at, `"${promise}" is not in the output:\n${stdout}`).toBeGreaterThanOrEqual(0);
          printed.splice(0, at + 1);
        }
      } finally {
        rmSync(program);
      }
    });
  });
}
