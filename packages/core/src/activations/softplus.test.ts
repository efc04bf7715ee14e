import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { float32, list, RUNS } from "../../test/samples.js";
import { tensor, zeros } from "../create.js";
import { allClose } from "../testing/allClose.js";
import { softplus, softplusOptions } from "./softplus.js";

/** A few roundings of 2⁻⁵³; ln(1 + t) near t = 0 loses those of 1, divided by β of at least 1/4. */
const FEW_ROUNDINGS = { rtol: 1e-15, atol: 2e-15 };

/** Relative, far below 0, where softplus is eˣ: one exp and a few roundings. */
const EXPONENTIAL = { rtol: 1e-15, atol: 0 };

const [most, least] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
const values = fc.array(
  fc.integer({ min: -40e6, max: 40e6 }).map((n) => n / 1e6),
  { maxLength: 8 },
);
const betas = fc.constantFrom(-4, -1, -0.3, 0.25, 0.7, 1, 2, 4);

describe("softplus", () => {
  test("by hand: ln 2 at 0, ln(1 + eˣ) elsewhere, x far above, 0 far below", () => {
    const x = tensor([[-1000, 0, Math.log(3), 1000]]);
    expect(softplus(x).shape).toEqual([1, 4]);
    expect(list(softplus(x))).toEqual([0, ...float32(Math.LN2, Math.log(4)), 1000]);
    expect(list(softplus(x, { beta: 2 }))).toEqual([0, ...float32(Math.LN2 / 2, Math.log(10) / 2), 1000]);
  });

  // F.softplus(torch.tensor([-3, -0.5, 0, 0.5, 3]).double(), beta, threshold), PyTorch 1.13
  test.each([
    [{}, [0.04858735157374206, 0.4740769841801067, Math.LN2, 0.9740769841801067, 3.048587351573742]],
    [
      { beta: 2, threshold: 5 },
      [0.0012378425688652247, 0.15663084375911143, 0.34657359027997264, 0.6566308437591114, 3],
    ],
    [{ beta: -1 }, [-3.048587351573742, -0.9740769841801067, -Math.LN2, -0.4740769841801067, -0.04858735157374206]],
  ] as const)("%o equals PyTorch", (options, expected) => {
    const x = tensor(Float64Array.of(-3, -0.5, 0, 0.5, 3));
    expect(allClose(softplus(x, options), expected, FEW_ROUNDINGS)).toBeUndefined();
  });

  test("it equals its formula, and float32 is the same rounded once", () => {
    fc.assert(
      fc.property(values, betas, fc.integer({ min: -5, max: 40 }), (xs, beta, threshold) => {
        const options = { beta, threshold };
        const formula = xs.map((x) => (beta * x > threshold ? x : Math.log(1 + Math.exp(beta * x)) / beta));
        expect(allClose(softplus(tensor(Float64Array.from(xs)), options), formula, FEW_ROUNDINGS)).toBeUndefined();
        const rounded = tensor(xs, [xs.length]);
        const exact = softplus(tensor(Float64Array.from(list(rounded))), options);
        expect(list(softplus(rounded, options))).toEqual(float32(...list(exact)));
      }),
      RUNS,
    );
  });

  test("above the threshold it is x itself, at it not yet", () => {
    const x = tensor(Float64Array.of(1, 1.0000001));
    const [below, above] = list(softplus(x, { beta: 3, threshold: 3 }));
    expect(below).toBeCloseTo(Math.log(1 + Math.exp(3)) / 3, 14);
    expect(above).toBe(1.0000001);
  });

  test("without a threshold nothing overflows", () => {
    const x = tensor(Float64Array.of(-1000, 800, most));
    expect(list(softplus(x, { threshold: most }))).toEqual([0, 800, most]);
  });

  test("far below 0 it keeps its digits: it is eˣ there", () => {
    const x = Float64Array.of(-40, -200, -700);
    expect(allClose(softplus(tensor(x)), x.map(Math.exp), EXPONENTIAL)).toBeUndefined();
  });

  test("infinities, −0 and NaN", () => {
    const x = tensor([least, most, -0, Number.NaN]);
    expect(list(softplus(x))).toEqual([0, most, ...float32(Math.LN2), Number.NaN]);
  });

  test("beta is 1 and threshold 20 by default, as in PyTorch", () => {
    expect(softplusOptions()).toEqual({ beta: 1, threshold: 20 });
    expect(softplusOptions({ beta: undefined, threshold: undefined })).toEqual({ beta: 1, threshold: 20 });
    expect(list(softplus(tensor(Float64Array.of(20.5, 19.5))))).toEqual([20.5, 19.500000003398267]);
  });

  test("int32 becomes float32; scalars and batches of 0", () => {
    const y = softplus(tensor(Int32Array.of(-1000, 0, 1000)));
    expect([y.dtype, list(y)]).toEqual(["float32", [0, ...float32(Math.LN2), 1000]]);
    expect([softplus(tensor(30)).item(), softplus(tensor(30)).shape]).toEqual([30, []]);
    expect(softplus(zeros([0, 3])).shape).toEqual([0, 3]);
  });

  test("what cannot be is an error", () => {
    const x = tensor([1]);
    expect(() => softplus(x, { beta: 0 })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: softplus: beta must not be 0: the logarithm is divided by it. Use a positive number.]`,
    );
    expect(() => softplus(x, { beta: -0 })).toThrow(RangeError);
    expect(() => softplus(x, { beta: "1" as never })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: softplus: beta must be a number, got "1".]`,
    );
    expect(() => softplus(x, { threshold: Number.NaN })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: softplus: threshold must be a number, got NaN.]`,
    );
    expect(() => softplus(x, { alpha: 1 } as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: softplus: unknown option alpha. It takes beta, threshold.]`,
    );
    expect(() => softplus(x, [1] as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: softplus: the last argument is the options, got [1]. Pass an object: { beta: … }.]`,
    );
    expect(() => softplus([1] as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: softplus: x must be a tensor, got [1]. Make a tensor with tensor(values, shape).]`,
    );
  });
});
