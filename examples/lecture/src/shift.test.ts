import { tensor } from "@conv/core";
import { expect, test } from "vitest";
import { shift, shiftsBy } from "./shift.js";

const digit = {
  x: tensor([
    [
      [
        [1, 2, 3],
        [4, 5, 6],
        [7, 8, 9],
      ],
    ],
  ]),
  y: tensor(Int32Array.of(7)),
};

test("by hand: one row down and two columns to the left, over zeros; the label stays", () => {
  const { x, y } = shift(1, -2)(digit);
  expect(x.dataSync()).toEqual(Float32Array.of(0, 0, 0, 3, 0, 0, 6, 0, 0));
  expect(x.shape).toEqual([1, 1, 3, 3]);
  expect(y).toBe(digit.y);
});

test("by no pixels there is one shift, which moves nothing", () => {
  const [stay, ...others] = shiftsBy(0);
  expect(stay(digit)).toBe(digit);
  expect(others).toEqual([]);
});

test("the eight shifts by one pixel bring each neighbour to the middle, once", () => {
  const middles = shiftsBy(1).map((move) => move(digit).x.dataSync()[4]);
  expect(middles.sort()).toEqual([1, 2, 3, 4, 6, 7, 8, 9]);
});

test("what is moved beyond the image is lost", () => {
  expect(shiftsBy(3).flatMap((move) => [...move(digit).x.dataSync()])).toEqual(new Array(8 * 9).fill(0));
});
