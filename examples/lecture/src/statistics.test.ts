import { expect, test } from "vitest";
import { chanceOfOrder, deviation, mean, median, order } from "./statistics.js";

test("by hand: the mean and the deviation of 1, 2, 3, 6", () => {
  expect(mean([1, 2, 3, 6])).toBe(3);
  expect(deviation([1, 2, 3, 6])).toBeCloseTo(Math.sqrt((4 + 1 + 0 + 9) / 3));
  expect(deviation([5])).toBeUndefined();
});

test("the median is the middle one, or the mean of the middle two", () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(median([9, 1, 5, 6])).toBe(5.5);
  expect(median([2])).toBe(2);
});

test("lists are in order where they do not overlap nor touch", () => {
  expect(order([3, 4], [1, 2])).toBe("above");
  expect(order([1, 2], [3, 4])).toBe("below");
  expect(order([1, 3], [2, 4])).toBe("between");
  expect(order([2, 3], [1, 2])).toBe("between");
});

test("of the 70 ways to choose which 4 of 8 values are the first list's, 2 put them in order", () => {
  expect(chanceOfOrder(4)).toBeCloseTo(2 / 70);
  expect(chanceOfOrder(5)).toBeCloseTo(1 / 126);
  expect(chanceOfOrder(1)).toBe(1);
});
