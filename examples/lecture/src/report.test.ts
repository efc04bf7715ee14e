import { expect, test } from "vitest";
import { method, withSection } from "./report.js";

test("a section replaces what is between its markers, and nothing else", () => {
  const page = "before\n<!-- figures:start -->\nold\n<!-- figures:end -->\nafter\n";
  const written = withSection(page, "new");
  expect(written).toBe("before\n<!-- figures:start -->\n\nnew\n\n<!-- figures:end -->\nafter\n");
  expect(withSection(written, "new")).toBe(written);
});

test("a page without markers is refused", () => {
  expect(() => withSection("a page", "new")).toThrowErrorMatchingInlineSnapshot(
    `[Error: --readme: the file has no section for figures. Put <!-- figures:start --> and <!-- figures:end --> on lines of their own.]`,
  );
});

test("how the figures were made", () => {
  const run = { settings: { seeds: 5, epochs: 1 }, digits: { train: 1437, test: 360 } };
  expect(method(run)).toMatchInlineSnapshot(
    `"Each model learns from 1437 digits for 1 epoch, from 5 seeds, and is examined on 360 others: one of them is 0.28 points. Given are mean ± standard deviation over the seeds. Models are told apart where every seed of one lies above every seed of the other; by chance alone, that happens 0.8 % of the time."`,
  );
  expect(method({ ...run, settings: { seeds: 4, epochs: 1 } })).toMatch(/ So few seeds do not tell models apart\.$/);
});
