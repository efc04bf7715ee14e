import { describe, expect, test } from "vitest";
import { ones, tensor } from "../create.js";
import { broadcastTo, flip, permute, slice, transpose } from "./strided.js";

const x = tensor([
  [1, 2, 3],
  [4, 5, 6],
]);

describe("what cannot be is an error", () => {
  test("permute", () => {
    expect(() => permute(x, [0])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: permute: dims [0] must name each of the 2 axes of x [2, 3] once.]`,
    );
    expect(() => permute(x, [0, -2])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: permute: dims [0, -2] must name each of the 2 axes of x [2, 3] once.]`,
    );
    expect(() => permute(x, [0, 2])).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: permute: dim 2 is not an axis of [2, 3]. Use -2 to 1.]`,
    );
    expect(() => permute(x, 1 as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: permute: dims must be an array of axes such as [0, 2, 1], got 1.]`,
    );
    expect(() => permute(x, [undefined, 1] as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: permute: each of dims must be one axis, a number, got undefined.]`,
    );
    expect(() => permute(x, [[0, 1], 1] as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: permute: each of dims must be one axis, a number, got [0, 1].]`,
    );
    expect(() => permute([1] as never, [0])).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: permute: x must be a tensor, got [1]. Make a tensor with tensor(values, shape).]`,
    );
  });

  test("transpose", () => {
    expect(() => transpose(x, 0, 2)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: transpose: dim 2 is not an axis of [2, 3]. Use -2 to 1.]`,
    );
    expect(() => transpose(x, 0.5, 1)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: transpose: dim 0.5 is not an axis of [2, 3]. Use -2 to 1.]`,
    );
    expect(() => transpose(x, 0, undefined as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: transpose: dim1 must be one axis, a number, got undefined.]`,
    );
    expect(() => transpose(x, [0, 1] as never, 0)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: transpose: dim0 must be one axis, a number, got [0, 1].]`,
    );
    expect(() => transpose(tensor(1), 0, 0)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: transpose: dim 0 is not an axis of []. A scalar has none.]`,
    );
    expect(() => transpose("x" as never, 0, 1)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: transpose: x must be a tensor, got "x". Make a tensor with tensor(values, shape).]`,
    );
  });

  test("slice", () => {
    expect(() => slice(x, { dim: 2 })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: slice: dim 2 is not an axis of [2, 3]. Use -2 to 1.]`,
    );
    expect(() => slice(x, { dim: [0] as never })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: slice: dim must be one axis, a number, got [0].]`,
    );
    expect(() => slice(x, { start: 0.5 })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: slice: start must be an integer, got 0.5.]`,
    );
    expect(() => slice(x, { end: Number.POSITIVE_INFINITY })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: slice: end must be an integer, got Infinity.]`,
    );
    expect(() => slice(x, { step: 0 })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: slice: step must be a positive integer, got 0.]`,
    );
    expect(() => slice(x, { step: -1 })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: slice: step must be a positive integer, got -1.]`,
    );
    expect(() => slice(x, { stop: 1 } as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: slice: unknown option stop. It takes dim, start, end, step.]`,
    );
    expect(() => slice(x, 1 as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: slice: the last argument is the options, got 1. Pass an object: { dim: 1 }.]`,
    );
    expect(() => slice(x, undefined as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: slice: the last argument is the options, got undefined. Pass an object: { dim: … }.]`,
    );
    expect(() => slice(tensor(1), {})).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: slice: dim 0 is not an axis of []. A scalar has none.]`,
    );
    expect(() => slice(1 as never, {})).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: slice: x must be a tensor, got 1. Make a tensor with tensor(values, shape).]`,
    );
  });

  test("flip", () => {
    expect(() => flip(x, 2)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: flip: dim 2 is not an axis of [2, 3]. Use -2 to 1.]`,
    );
    expect(() => flip(x, [0, -2])).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: flip: dim [0, -2] names an axis twice. Name each axis once.]`,
    );
    expect(() => flip(x, "1" as never)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: flip: dim "1" is not an axis of [2, 3]. Use -2 to 1.]`,
    );
    expect(() => flip(null as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: flip: x must be a tensor, got null. Make a tensor with tensor(values, shape).]`,
    );
  });

  test("broadcastTo", () => {
    expect(() => broadcastTo(ones([2]), [3])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: broadcastTo: x [2] does not broadcast to [3]: only axes of length 1 stretch, and new ones come first.]`,
    );
    expect(() => broadcastTo(ones([2]), [1])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: broadcastTo: x [2] does not broadcast to [1]: only axes of length 1 stretch, and new ones come first.]`,
    );
    expect(() => broadcastTo(ones([2]), [2, 3])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: broadcastTo: x [2] does not broadcast to [2, 3]: only axes of length 1 stretch, and new ones come first.]`,
    );
    expect(() => broadcastTo(ones([1, 2]), [2])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: broadcastTo: x [1, 2] does not broadcast to [2]: only axes of length 1 stretch, and new ones come first.]`,
    );
    expect(() => broadcastTo(ones([2]), [-1, 2])).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: broadcastTo: each axis of shape [-1, 2] must be an integer of at least 0, got -1.]`,
    );
    expect(() => broadcastTo(ones([2]), 2 as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: broadcastTo: shape must be an array of axes such as [2, 3], got 2.]`,
    );
    expect(() => broadcastTo([1] as never, [2])).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: broadcastTo: x must be a tensor, got [1]. Make a tensor with tensor(values, shape).]`,
    );
  });
});
