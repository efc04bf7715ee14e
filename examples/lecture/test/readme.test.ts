import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { CLAIMS } from "../src/claims/index.js";
import { costOf } from "../src/cost.js";
import { describe as describeQuantity } from "../src/quantities.js";

const page = readFileSync(fileURLToPath(new URL("../README.md", import.meta.url)), "utf8");

/** The cells of the table under a title: rows of text by the name of their model, columns by their head. */
function tableUnder(title: string): Record<string, Record<string, string>> {
  const [section] = page.slice(page.indexOf(`### ${title}\n`)).split(/\n(?=### |<!-- figures:end)/);
  const [head, , ...body] = section
    .split("\n")
    .filter((line) => line.startsWith("|"))
    .map((line) =>
      line
        .slice(1, -1)
        .split("|")
        .map((cell) => cell.trim()),
    );
  return Object.fromEntries(
    body.map(([name, ...cells]) => [name, Object.fromEntries(cells.map((cell, i) => [head[i + 1], cell]))]),
  );
}

describe.each(CLAIMS)("the figures of the README: $name", ({ title, says, models, columns }) => {
  test("are of the models that are here, with what they cost", () => {
    const table = tableUnder(title);
    expect(Object.keys(table)).toEqual(Object.keys(models));
    for (const [name, create] of Object.entries(models)) {
      const finding = { name, cost: costOf(create(), [1, 28, 28]), accuracy: {}, stepMilliseconds: [] };
      const exact = columns.map(describeQuantity).filter(({ isExact }) => isExact);
      for (const { head, of, format } of exact) expect(table[name][head]).toBe(format(of(finding), []));
      expect(Object.keys(table[name])).toEqual(columns.map((quantity) => describeQuantity(quantity).head));
    }
  });

  test("come with the claim as it is made here", () => expect(page).toContain(`Claimed: ${says}\n`));
});

test("the figures are of a whole run", () => {
  expect(page).toMatch(
    /^Written by `npm run lecture -- --seeds \d+ --epochs \d+`; not edited\. Each model learns from 1437 digits /m,
  );
});
