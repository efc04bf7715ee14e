import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { float32, integers, list, RUNS } from "../../test/samples.js";
import { tensor, zeros } from "../create.js";
import { leakyRelu, leakyReluOptions } from "./leakyRelu.js";

describe("leakyRelu", () => {
  test("by hand: what is negative is multiplied by the slope", () => {
    const x = tensor([[-2, 0, 3]]);
    expect(leakyRelu(x, { negativeSlope: 0.5 }).shape).toEqual([1, 3]);
    expect(list(leakyRelu(tensor([-0.5, 0.5]), { negativeSlope: 0.5 }))).toEqual([-0.25, 0.5]);
    expect(list(leakyRelu(x, { negativeSlope: 0.5 }))).toEqual([-1, 0, 3]);
    expect(list(leakyRelu(x, { negativeSlope: -1 }))).toEqual([2, -0, 3]);
    expect(list(leakyRelu(x, { negativeSlope: 1 }))).toEqual([-2, 0, 3]);
  });

  test("the slope is 0.01 by default, as in PyTorch", () => {
    expect(leakyReluOptions()).toEqual({ negativeSlope: 0.01 });
    expect(leakyReluOptions({ negativeSlope: undefined })).toEqual({ negativeSlope: 0.01 });
    expect(list(leakyRelu(tensor([-3, 3])))).toEqual(float32(-0.03, 3));
  });

  test("it equals max(x, 0) + slope·min(x, 0), element by element", () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(3), { maxLength: 4 }),
        fc.integer({ min: -8, max: 8 }),
        fc.nat(),
        (shape, eighths, seed) => {
          const [x, slope] = [integers(shape, seed), eighths / 8]; // eighths: every product is exact
          const y = leakyRelu(x, { negativeSlope: slope });
          expect([y.shape, y.dtype]).toEqual([shape, "float64"]);
          expect(list(y).map((v) => v + 0)).toEqual(list(x).map((v) => Math.max(v, 0) + slope * Math.min(v, 0) + 0));
        },
      ),
      RUNS,
    );
  });

  // F.leaky_relu(torch.tensor([-inf, -1000, -40, -0., 0, 40, inf, nan]).double()), PyTorch 1.13
  test("infinities, −0 and NaN as in PyTorch", () => {
    const x = tensor(
      Float64Array.of(Number.NEGATIVE_INFINITY, -1000, -40, -0, 0, 40, Number.POSITIVE_INFINITY, Number.NaN),
    );
    expect(list(leakyRelu(x))).toEqual([
      Number.NEGATIVE_INFINITY,
      -10,
      -0.4,
      -0,
      0,
      40,
      Number.POSITIVE_INFINITY,
      Number.NaN,
    ]);
  });

  test("int32 becomes float32; scalars and batches of 0", () => {
    const y = leakyRelu(tensor(Int32Array.of(-2, 2)), { negativeSlope: 0.25 });
    expect([y.dtype, list(y)]).toEqual(["float32", [-0.5, 2]]);
    expect(leakyRelu(tensor(-4), { negativeSlope: 0.5 }).item()).toBe(-2);
    expect(leakyRelu(zeros([0, 3])).shape).toEqual([0, 3]);
  });

  test("what cannot be is an error", () => {
    const x = tensor([1]);
    expect(() => leakyRelu(x, { negativeSlope: "0.1" as never })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: leakyRelu: negativeSlope must be a number, got "0.1".]`,
    );
    expect(() => leakyRelu(x, { negativeSlope: Number.NaN })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: leakyRelu: negativeSlope must be a number, got NaN.]`,
    );
    expect(() => leakyRelu(x, { alpha: 0.1 } as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: leakyRelu: unknown option alpha. Did you mean negativeSlope?]`,
    );
    expect(() => leakyRelu(x, 0.1 as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: leakyRelu: the last argument is the options, got 0.1. Pass an object: { negativeSlope: 0.1 }.]`,
    );
    expect(() => leakyRelu([1] as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: leakyRelu: x must be a tensor, got [1]. Make a tensor with tensor(values, shape).]`,
    );
  });
});
