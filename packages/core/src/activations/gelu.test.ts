import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { float32, list, RUNS } from "../../test/samples.js";
import { tensor, zeros } from "../create.js";
import { allClose } from "../testing/allClose.js";
import { errorFunction } from "./erf.js";
import { gelu, geluOptions } from "./gelu.js";

/** Some roundings of 2⁻⁵³, relative to x of at most 10 where 1 + erf cancels. */
const FEW_ROUNDINGS = { rtol: 1e-15, atol: 4e-15 };

/** Relative, in the tail: erfc(x/√2) has x² ≤ 400 times the rounding error 2⁻⁵³ of x/√2. */
const TAIL = { rtol: 1e-13, atol: 0 };

const [most, least] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
const values = fc.array(
  fc.integer({ min: -10e6, max: 10e6 }).map((n) => n / 1e6),
  { maxLength: 8 },
);
const FORMULAS = {
  none: (x: number) => (x / 2) * (1 + errorFunction(x / Math.SQRT2)),
  tanh: (x: number) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
} as const;

describe("gelu", () => {
  test("by hand: half of x at 0, x itself far above, 0 far below", () => {
    for (const approximate of ["none", "tanh"] as const) {
      const x = tensor([[-1000, 0, 1000]]);
      expect(gelu(x, { approximate }).shape).toEqual([1, 3]);
      expect(list(gelu(x, { approximate }))).toEqual([-0, 0, 1000]);
      expect(gelu(tensor(Float64Array.of(1e-30)), { approximate }).item()).toBe(5e-31);
    }
  });

  // F.gelu(torch.tensor([-3, -0.5, 0, 0.5, 3]).double(), approximate=…), PyTorch 1.13
  test.each([
    ["none", [-0.00404969409489031, -0.15426876936299344, 0, 0.34573123063700656, 2.99595030590511]],
    ["tanh", [-0.0036373920817729943, -0.15428599017485606, 0, 0.34571400982514394, 2.996362607918227]],
  ] as const)("%s equals PyTorch", (approximate, expected) => {
    const x = tensor(Float64Array.of(-3, -0.5, 0, 0.5, 3));
    expect(allClose(gelu(x, { approximate }), expected, FEW_ROUNDINGS)).toBeUndefined();
  });

  test.each(["none", "tanh"] as const)("%s equals its formula, and float32 is the same rounded once", (approximate) => {
    fc.assert(
      fc.property(values, (xs) => {
        const y = gelu(tensor(Float64Array.from(xs)), { approximate });
        expect(allClose(y, xs.map(FORMULAS[approximate]), FEW_ROUNDINGS)).toBeUndefined();
        const rounded = tensor(xs, [xs.length]);
        const exact = gelu(tensor(Float64Array.from(list(rounded))), { approximate });
        expect(list(gelu(rounded, { approximate }))).toEqual(float32(...list(exact)));
      }),
      RUNS,
    );
  });

  // python3 -c "from mpmath import *; mp.dps = 40; print(x * ncdf(x))", mpmath 1.3; PyTorch itself has lost them: −0 at −10
  test("far below 0 it keeps its digits", () => {
    const x = tensor(Float64Array.of(-3, -6, -10, -20));
    const tail = [-0.0040496940948902835, -5.9195258702261885e-9, -7.619853024160526e-23, -5.507248237212468e-88];
    expect(allClose(gelu(x), tail, TAIL)).toBeUndefined();
  });

  test("gelu(x) − gelu(−x) = x, as Φ(x) + Φ(−x) = 1", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -10e6, max: 10e6 }).map((n) => n / 1e6),
        fc.boolean(),
        (x, isExact) => {
          const options = { approximate: isExact ? "none" : "tanh" } as const;
          const [above, below] = list(gelu(tensor(Float64Array.of(x, -x)), options));
          expect(Math.abs(above - below - x)).toBeLessThanOrEqual(FEW_ROUNDINGS.atol);
        },
      ),
      RUNS,
    );
  });

  // F.gelu(torch.tensor([-inf, inf, -0., nan]).double(), approximate=…), PyTorch 1.13, both alike
  test("infinities, −0 and NaN as in PyTorch: −∞·0 is NaN", () => {
    for (const approximate of ["none", "tanh"] as const) {
      const x = tensor([least, most, -0, Number.NaN]);
      expect(list(gelu(x, { approximate }))).toEqual([Number.NaN, most, -0, Number.NaN]);
      const huge = tensor(Float64Array.of(-1e200, 1e200)); // x³ overflows
      expect(list(gelu(huge, { approximate }))).toEqual([-0, 1e200]);
    }
  });

  test("it is the exact one by default", () => {
    expect(geluOptions()).toEqual({ approximate: "none" });
    expect(geluOptions({ approximate: undefined })).toEqual({ approximate: "none" });
    expect(geluOptions({ approximate: "tanh" })).toEqual({ approximate: "tanh" });
    const x = tensor(Float64Array.of(-3));
    expect(gelu(x).item()).toBe(gelu(x, { approximate: "none" }).item());
  });

  test("int32 becomes float32; scalars and batches of 0", () => {
    const y = gelu(tensor(Int32Array.of(-1000, 1)));
    expect([y.dtype, list(y)]).toEqual(["float32", float32(-0, 0.8413447460685429)]);
    expect(gelu(tensor(100)).shape).toEqual([]);
    expect(gelu(zeros([0, 3])).shape).toEqual([0, 3]);
  });

  test("what cannot be is an error", () => {
    const x = tensor([1]);
    expect(() => gelu(x, { approximate: "fast" as never })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: gelu: approximate must be one of "none", "tanh", got "fast".]`,
    );
    expect(() => gelu(x, { approximate: true as never })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: gelu: approximate must be one of "none", "tanh", got true.]`,
    );
    expect(() => gelu(x, { approx: "tanh" } as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: gelu: unknown option approx. It takes approximate.]`,
    );
    expect(() => gelu(x, "tanh" as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: gelu: the last argument is the options, got "tanh". Pass an object: { approximate: "tanh" }.]`,
    );
    expect(() => gelu({} as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: gelu: x must be a tensor, got an object. Make a tensor with tensor(values, shape).]`,
    );
  });
});
