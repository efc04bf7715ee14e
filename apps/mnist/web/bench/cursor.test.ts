import { expect, test } from "vitest";
import { stepFrom } from "./cursor.js";

test("arrow keys lead from cell to cell and stop at the edges", () => {
  const from = (index: number, key: string) => stepFrom(index, key, 2, 3);
  expect(["ArrowRight", "ArrowLeft", "ArrowDown", "ArrowUp", "Home", "End"].map((key) => from(1, key))).toEqual([
    2, 0, 4, 1, 0, 2,
  ]);
  expect([from(5, "ArrowRight"), from(5, "ArrowDown"), from(0, "ArrowLeft"), from(0, "ArrowUp")]).toEqual([5, 5, 0, 0]);
  expect(from(0, "a")).toBeUndefined();
});
