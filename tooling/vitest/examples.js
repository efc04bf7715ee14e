import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { describe, expect, test } from "vitest";

/** The `@example` blocks of a source file: { symbol, code }, the symbol being what is declared after the comment, a method too. */
function examplesOf(source) {
  const found = [];
  for (const [, comment, symbol] of source.matchAll(
    /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*(?:\/\*.*\*\/\s*)?(?:export )?(?:abstract )?(?:(?:const|(?:async )?function|class|interface|type) )?(\w+)/g,
  )) {
    const [, ...blocks] = comment.split(/^ *\* @example *\n/m);
    for (const block of blocks) {
      const [code] = block.split(/^ *\* @\w+/m);
      found.push({ symbol, code: code.replaceAll(/^ *\* ?/gm, "").trim() });
    }
  }
  return found;
}

/** Values as an example writes them: tensors and typed arrays as arrays. */
async function plainOf(value) {
  if (ArrayBuffer.isView(value)) return [...value];
  return value instanceof Object && "dtype" in value ? value.array() : value;
}

/**
 * Runs every `@example` of the docstrings below a folder. Where a line ends in a comment, `expression; // value`, the
 * expression must have that value: a tensor that of its nested arrays.
 *
 * @param {string} folder The sources.
 * @param {Record<string, unknown>} scope What examples may name: the package's exports.
 */
export function testExamples(folder, scope) {
  const files = readdirSync(folder, { recursive: true }).filter((name) => /(?<!\.test)\.ts$/.test(name));
  describe("the examples of docstrings run", () => {
    const examples = files.flatMap((file) =>
      examplesOf(readFileSync(join(folder, file), "utf8")).map((example) => ({
        file: relative(".", file),
        ...example,
      })),
    );
    test("there are some", () => expect(examples.length).toBeGreaterThan(0));
    test.each(examples)("$file: $symbol", async ({ code }) => {
      const program = code.replaceAll(
        /^(?!const |for |import )(.+); \/\/ (.+)$/gm,
        "await expectValue($1, ($2), String.raw`$1`);",
      );
      const expectValue = async (value, expected, text) => expect(await plainOf(value), text).toEqual(expected);
      const names = [...Object.keys(scope), "expectValue"];
      const AsyncFunction = (async () => {}).constructor;
      await new AsyncFunction(...names, program)(...Object.values(scope), expectValue);
    });
  });
}
