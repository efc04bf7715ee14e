import { expect, test } from "vitest";
import { countConfusions } from "./confusions.js";

test("by hand: rows are labels, columns what they were taken for", () => {
  const found = countConfusions({ labels: [0, 1, 1, 1, 2], predictions: [0, 1, 2, 2, 0] }, 3);
  expect(found.counts).toEqual([
    [1, 0, 0],
    [0, 1, 2],
    [1, 0, 0],
  ]);
  expect(found).toMatchObject({ mostWrong: 2, mostRight: 1, total: 5, wrong: 3 });
});

test("nothing yet", () => {
  expect(countConfusions({ labels: [], predictions: [] }, 10)).toMatchObject({ mostWrong: 0, total: 0, wrong: 0 });
});
