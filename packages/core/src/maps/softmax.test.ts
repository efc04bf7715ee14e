import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { list, RUNS } from "../../test/samples.js";
import { tensor, zeros } from "../create.js";
import { createRandom } from "../random.js";
import { exp, log } from "./elementwise.js";
import { sum } from "./reduce.js";
import { logSoftmax, softmax } from "./softmax.js";

/** Decimal digits that survive some additions and one exp in float64, for numbers of order 1. */
const FLOAT64_DIGITS = 12;

const float64 = (...values: number[]) => tensor(Float64Array.from(values));

describe("softmax and logSoftmax", () => {
  test("by hand: scores ln 1, ln 2, ln 5 make probabilities 1/8, 2/8, 5/8", () => {
    const x = float64(0, Math.log(2), Math.log(5));
    list(softmax(x, 0)).forEach((p, i) => {
      expect(p).toBeCloseTo([1, 2, 5][i] / 8, FLOAT64_DIGITS);
    });
    list(logSoftmax(x, 0)).forEach((p, i) => {
      expect(p).toBeCloseTo(Math.log([1, 2, 5][i] / 8), FLOAT64_DIGITS);
    });
  });

  test("by hand: equal scores share evenly along the axis asked for", () => {
    expect(list(softmax(zeros([2, 4]), 1))).toEqual(new Array(8).fill(0.25));
    expect(list(softmax(zeros([2, 4]), 0))).toEqual(new Array(8).fill(0.5));
    expect(list(softmax(zeros([2, 4]), -1))).toEqual(new Array(8).fill(0.25));
  });

  test("scores of ±1e4 neither overflow nor lose the answer", () => {
    for (const dtype of ["float32", "float64"] as const) {
      const x = tensor([1e4, -1e4, 1e4, 0], [2, 2], { dtype });
      expect(list(softmax(x, 1))).toEqual([1, 0, 1, 0]);
      expect(list(logSoftmax(x, 1))).toEqual([0, -2e4, 0, -1e4]);
      expect(list(softmax(tensor([-1e4, -1e4], [2], { dtype }), 0))).toEqual([0.5, 0.5]);
    }
  });

  test("rows are positive and sum to 1, along every axis", () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(2), fc.integer({ min: 1, max: 1000 }), (seed, dim, std) => {
        const x = createRandom(seed).normal([2, 3, 4], { dtype: "float64", std });
        const y = softmax(x, dim);
        expect(y.shape).toEqual([2, 3, 4]);
        expect(list(y).every((p) => p >= 0 && p <= 1)).toBe(true);
        for (const total of list(sum(y, { dim }))) expect(total).toBeCloseTo(1, FLOAT64_DIGITS);
      }),
      RUNS,
    );
  });

  test("a shift of all scores changes nothing: exactly, as the scores are integers", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 1 }),
        fc.integer({ min: -1e4, max: 1e4 }),
        (x, c) => {
          const moved = float64(...x.map((value) => value + c));
          expect(list(softmax(moved, 0))).toEqual(list(softmax(float64(...x), 0)));
          expect(list(logSoftmax(moved, 0))).toEqual(list(logSoftmax(float64(...x), 0)));
        },
      ),
      RUNS,
    );
  });

  test("logSoftmax is the logarithm of softmax where that has one", () => {
    const x = createRandom(1).normal([3, 5], { dtype: "float64" });
    const [direct, composed] = [list(logSoftmax(x, 1)), list(log(softmax(x, 1)))];
    direct.forEach((value, i) => {
      expect(value).toBeCloseTo(composed[i], FLOAT64_DIGITS);
    });
    for (const total of list(sum(exp(logSoftmax(x, 1)), { dim: 1 }))) expect(total).toBeCloseTo(1, FLOAT64_DIGITS);
  });

  test("a score of −∞ has probability 0", () => {
    expect(list(softmax(tensor([0, Number.NEGATIVE_INFINITY]), 0))).toEqual([1, 0]);
    expect(list(logSoftmax(tensor([0, Number.NEGATIVE_INFINITY]), 0))).toEqual([0, Number.NEGATIVE_INFINITY]);
  });

  test("a batch of 0 is empty", () => {
    expect(softmax(zeros([0, 10]), 1).shape).toEqual([0, 10]);
  });

  test("an axis that does not exist is an error", () => {
    expect(() => softmax(zeros([2, 3]), 2)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: softmax: dim 2 is not an axis of [2, 3]. Use -2 to 1.]`,
    );
    expect(() => logSoftmax(tensor(1), 0)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: logSoftmax: dim 0 is not an axis of []. A scalar has none.]`,
    );
    expect(() => softmax(zeros([2, 3]), { dim: 1 } as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: softmax: dim must be one axis, a number, got an object.]`,
    );
  });

  test("without a dim softmax is an error, not a softmax over all axes", () => {
    expect(() => softmax(zeros([2, 2]), undefined as never)).toThrow();
  });
});
