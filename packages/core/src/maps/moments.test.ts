import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { at, indicesOf, integers, list, RUNS } from "../../test/samples.js";
import { tensor, zeros } from "../create.js";
import { allClose } from "../testing/allClose.js";
import { mean, variance, varianceGeometry } from "./moments.js";

/** Relative: a sum of at most 81 squares below 400, each through a few roundings of 2⁻⁵³. */
const SQUARES = { rtol: 1e-13, atol: 1e-13 };

/** Some roundings of 2⁻⁵³. */
const FEW_ROUNDINGS = { rtol: 1e-15, atol: 0 };

const x = tensor(Float64Array.of(1, 2, 4, 3, 7, 1), [2, 3]);

/** A shape and some of its axes, negative ones among them; undefined: all. */
const reduction = fc.array(fc.nat(3), { maxLength: 4 }).chain((shape) =>
  fc.record({
    shape: fc.constant(shape),
    dim: fc.option(
      fc.subarray(shape.map((_, axis) => axis)).map((dims) => dims.map((d, i) => (i % 2 ? d - shape.length : d))),
      { nil: undefined },
    ),
    keepDim: fc.boolean(),
    seed: fc.nat(),
  }),
);

describe("mean", () => {
  test("by hand: along each axis, and of all", () => {
    expect(list(mean(x, { dim: 0 }))).toEqual([2, 4.5, 2.5]);
    expect(allClose(mean(x, { dim: 1 }), [7 / 3, 11 / 3], FEW_ROUNDINGS)).toBeUndefined();
    expect([mean(x).item(), mean(x).shape]).toEqual([3, []]);
    expect([mean(x, { dim: 0, keepDim: true }).shape, mean(x, { keepDim: true }).shape]).toEqual([
      [1, 3],
      [1, 1],
    ]);
  });

  test("an empty mean is NaN; a scalar is its own", () => {
    expect(mean(zeros([0])).item()).toBeNaN();
    expect(list(mean(zeros([2, 0]), { dim: 1 }))).toEqual([Number.NaN, Number.NaN]);
    expect(mean(zeros([2, 0]), { dim: 0 }).shape).toEqual([0]);
    expect(mean(tensor(3)).item()).toBe(3);
  });

  test("the mean of int32 is a float32", () => {
    const y = mean(tensor(Int32Array.of(1, 2)));
    expect([y.dtype, y.item()]).toEqual(["float32", 1.5]);
  });
});

describe("variance", () => {
  test("by hand: the mean of the squared distances from the mean", () => {
    const y = tensor([1, 2, 3, 4]); // distances −1.5, −0.5, 0.5, 1.5: their squares sum to 5
    expect(variance(y, { correction: 0 }).item()).toBe(1.25);
    expect(variance(y).item()).toBe(Math.fround(5 / 3));
    expect(variance(y, { correction: 2 }).item()).toBe(2.5);
    expect([variance(y, { keepDim: true }).shape, variance(y).shape]).toEqual([[1], []]);
  });

  // torch.var of torch.tensor([[1, 2, 4], [3, 7, 1]]).double(): dim=1, dim=0, all, unbiased=False; PyTorch 1.13
  test("it equals PyTorch", () => {
    expect(allClose(variance(x, { dim: 1 }), [2.333333333333333, 9.333333333333334], FEW_ROUNDINGS)).toBeUndefined();
    expect(list(variance(x, { dim: 0 }))).toEqual([2, 12.5, 4.5]);
    expect(allClose(variance(x), [5.2], FEW_ROUNDINGS)).toBeUndefined();
    expect(allClose(variance(x, { correction: 0 }), [4.333333333333333], FEW_ROUNDINGS)).toBeUndefined();
    const biased = variance(x, { dim: 1, correction: 0 });
    expect(allClose(biased, [1.5555555555555554, 6.222222222222222], FEW_ROUNDINGS)).toBeUndefined();
  });

  test("it equals a naive loop for every shape, dim, keepDim and correction", () => {
    fc.assert(
      fc.property(reduction, fc.nat(3), ({ shape, dim, keepDim, seed }, correction) => {
        const input = integers(shape, seed);
        const rank = shape.length;
        const isReduced = (axis: number) => dim === undefined || dim.includes(axis) || dim.includes(axis - rank);
        const kept = shape.map((length, axis) => (isReduced(axis) ? 1 : length));
        const expected = indicesOf(kept).map((place) => {
          const part = indicesOf(shape)
            .filter((index) => index.every((i, axis) => isReduced(axis) || i === place[axis]))
            .map((index) => at(input, index));
          const center = part.reduce((sum, v) => sum + v, 0) / part.length;
          return part.reduce((sum, v) => sum + (v - center) ** 2, 0) / Math.max(0, part.length - correction);
        });
        const y = variance(input, { dim, keepDim, correction });
        expect(y.shape).toEqual(keepDim ? kept : shape.filter((_, axis) => !isReduced(axis)));
        expect(allClose(y, expected, SQUARES)).toBeUndefined();
      }),
      RUNS,
    );
  });

  test("two passes: a large mean takes no digits away", () => {
    const far = tensor(Float64Array.of(1e9 + 1, 1e9 + 2, 1e9 + 3));
    expect(variance(far).item()).toBe(1); // Σx² − n·mean² would lose all of it to squares of 1e18
    expect(variance(tensor([10001, 10002, 10003])).item()).toBe(1);
  });

  test("it does not change when all elements move", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.integer({ min: -999, max: 999 }), fc.nat(), (n, by, seed) => {
        const [input, moved] = [
          integers([n], seed),
          tensor(
            integers([n], seed)
              .dataSync()
              .map((v) => v + by),
          ),
        ];
        expect(allClose(variance(moved), variance(input), { rtol: 1e-12, atol: 1e-12 })).toBeUndefined(); // means of 1000
      }),
      RUNS,
    );
  });

  test("of a single element it is NaN, or 0 without correction; of none NaN", () => {
    expect(variance(tensor(3)).item()).toBeNaN();
    expect(variance(tensor(3), { correction: 0 }).item()).toBe(0);
    expect(list(variance(tensor([[1, 2]]), { dim: 0 }))).toEqual([Number.NaN, Number.NaN]);
    for (const correction of [0, 1]) expect(variance(zeros([0]), { correction }).item()).toBeNaN();
    expect(list(variance(zeros([2, 0]), { dim: 1 }))).toEqual([Number.NaN, Number.NaN]);
    expect(variance(zeros([2, 0]), { dim: 0 }).shape).toEqual([0]);
  });

  // torch.var(torch.tensor([1., 2.]), dim=0, correction=2) and correction=3, PyTorch 1.13
  test("a correction that leaves nothing divides by 0, as in PyTorch", () => {
    for (const correction of [2, 3]) {
      expect(variance(tensor([1, 2]), { correction }).item()).toBe(Number.POSITIVE_INFINITY);
    }
  });

  test("NaN and infinity make NaN; int32 becomes float32, float64 stays", () => {
    expect(variance(tensor([1, Number.NaN, 2])).item()).toBeNaN();
    expect(variance(tensor([1, Number.POSITIVE_INFINITY])).item()).toBeNaN();
    const y = variance(tensor(Int32Array.of(1, 2)));
    expect([y.dtype, y.item()]).toEqual(["float32", 0.5]);
    expect(variance(x).dtype).toBe("float64");
  });

  test("varianceGeometry by hand", () => {
    const { geometry, divisor } = varianceGeometry([2, 3, 4], { dim: [0, -1], keepDim: true });
    expect(geometry).toEqual({ xShape: [2, 3, 4], keptShape: [1, 3, 1], yShape: [1, 3, 1], count: 8 });
    expect(divisor).toBe(7);
    expect(varianceGeometry([2, 3]).divisor).toBe(5);
    expect(varianceGeometry([3], { correction: 5 }).divisor).toBe(0);
  });
});

describe("what cannot be is an error", () => {
  test("axes and options of variance", () => {
    expect(() => variance(x, { dim: 2 })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: variance: dim 2 is not an axis of [2, 3]. Use -2 to 1.]`,
    );
    expect(() => variance(x, { dim: [1, -1] })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: variance: dim [1, -1] names an axis twice. Name each axis once.]`,
    );
    expect(() => variance(x, { correction: Number.NaN })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: variance: correction must be a number, got NaN.]`,
    );
    expect(() => variance(x, { keepDim: 1 as never })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: variance: keepDim must be true or false, got 1.]`,
    );
    expect(() => variance(x, { unbiased: false } as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: variance: unknown option unbiased. Did you mean correction?]`,
    );
    expect(() => variance(x, { ddof: 0 } as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: variance: unknown option ddof. Did you mean correction?]`,
    );
    expect(() => variance(x, 0 as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: variance: the last argument is the options, got 0. Pass an object: { dim: 0 }.]`,
    );
    expect(() => variance([1, 2] as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: variance: x must be a tensor, got [1, 2]. Make a tensor with tensor(values, shape).]`,
    );
  });

  test("axes and options of mean, by its own name", () => {
    expect(() => mean(x, { dim: -3 })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: mean: dim -3 is not an axis of [2, 3]. Use -2 to 1.]`,
    );
    expect(() => mean(x, { keepDim: "yes" as never })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: mean: keepDim must be true or false, got "yes".]`,
    );
    expect(() => mean(x, { correction: 0 } as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: mean: unknown option correction. It takes dim, keepDim.]`,
    );
    expect(() => mean(tensor(1), { dim: 0 })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: mean: dim 0 is not an axis of []. A scalar has none.]`,
    );
    expect(() => mean("x" as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: mean: x must be a tensor, got "x". Make a tensor with tensor(values, shape).]`,
    );
  });
});
