import { variable } from "@conv/autograd";
import { createRandom, ones } from "@conv/core";
import { describe, expect, test } from "vitest";
import { Flatten } from "../index.js";

const shape = (layer: Flatten, ...axes: number[]) => layer.forward(ones(axes)).shape;

describe("Flatten", () => {
  test("by hand: a batch of images becomes a batch of rows, in the same order", () => {
    const x = createRandom(0).normal([2, 3, 4, 5]);
    const y = new Flatten().forward(x);
    expect(y.shape).toEqual([2, 60]);
    expect([...y.dataSync()]).toEqual([...x.dataSync()]);
  });

  test("joins the axes from startDim to endDim, both inclusive; negative ones count from the end", () => {
    expect(shape(new Flatten(0), 2, 3, 4)).toEqual([24]);
    expect(shape(new Flatten(1, 2), 2, 3, 4, 5)).toEqual([2, 12, 5]);
    expect(shape(new Flatten(-2, -1), 2, 3, 4, 5)).toEqual([2, 3, 20]);
    expect(shape(new Flatten(2, 2), 2, 3, 4)).toEqual([2, 3, 4]);
    expect(shape(new Flatten(), 2, 3)).toEqual([2, 3]);
    expect(shape(new Flatten(), 0, 3, 4)).toEqual([0, 12]);
  });

  test("the gradient comes back in the old shape", () => {
    const x = variable(ones([2, 3, 2]));
    const gradY = createRandom(1).normal([2, 6]);
    new Flatten().forward(x).backward(gradY);
    expect([x.grad?.shape, [...(x.grad?.dataSync() ?? [])]]).toEqual([[2, 3, 2], [...gradY.dataSync()]]);
  });

  test("refuses axes that the input does not have", () => {
    expect(() => shape(new Flatten(), 3)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: Flatten: dim 1 is not an axis of [3]. Use -1 to 0.]`,
    );
    expect(() => shape(new Flatten(0, 5), 2, 3)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: Flatten: dim 5 is not an axis of [2, 3]. Use -2 to 1.]`,
    );
    expect(() => new Flatten(0.5)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: Flatten: startDim must be an integer, got 0.5.]`,
    );
    expect(() => new Flatten({ startDim: 1 } as never)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: Flatten: startDim must be an integer, got an object.]`,
    );
    expect(() => new Flatten().forward([1] as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: Flatten: x must be a tensor, got [1]. Make a tensor with tensor(values, shape).]`,
    );
  });

  test("refuses a startDim after the endDim", () => {
    expect(() => shape(new Flatten(2, 1), 2, 3, 4)).toThrow("Flatten");
  });
});
