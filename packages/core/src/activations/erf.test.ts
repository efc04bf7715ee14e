import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { float32, list, RUNS } from "../../test/samples.js";
import { tensor, zeros } from "../create.js";
import { complementaryError, erf, errorFunction } from "./erf.js";

/** erf of at most 1 through a handful of roundings of 2⁻⁵³. */
const FEW_ROUNDINGS = 1e-15;

/** The series adds up to a hundred terms, whose roundings partly cancel; e^{−x²} has x² ≤ 36 times that of x². */
const SERIES = 4e-15;

/** Relative: exp(−x²) through a dozen roundings; fdlibm promises less than one unit in the last place. */
const TAIL = 1e-15;

/** erf(x) = 2/√π e^{−x²} Σ 2ⁿ x^{2n+1} / (1·3·5…(2n+1)): every term is positive, so that nothing cancels. */
function series(x: number): number {
  let term = x;
  let sum = 0;
  for (let n = 1; sum + term !== sum; n++) {
    sum += term;
    term *= (2 * x * x) / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

const relative = (got: number, expected: number) => Math.abs(got / expected - 1);

// python3 -c "from mpmath import *; mp.dps = 40; print(erfc(mpf(x)))", mpmath 1.3; those of 1, 2, 5 and 10 are also in tables.
// They meet each of the four quotients, next to 0.84375, 1.25 and 1/0.35 too; the square of 25.1 is not exact, that of 26 is.
const ERFC = [
  [0.5, 0.4795001221869535],
  [0.84375, 0.23277433876765838],
  [1, 0.15729920705028513],
  [1.25, 0.07709987174354177],
  [1.7, 0.01620954140922544],
  [2, 0.004677734981047266],
  [2.857142857142857, 0.000053312311388322795],
  [3, 2.209049699858544e-5],
  [3.3, 3.0577097964381654e-6],
  [5, 1.537459794428035e-12],
  [5.3, 6.613081850340811e-14],
  [10, 2.088487583762545e-45],
  [10.7, 9.94923478511827e-52],
  [20, 5.395865611607901e-176],
  [25.1, 5.5149401896856385e-276],
  [26, 5.663192408856143e-296],
] as const;

describe("errorFunction", () => {
  test("by hand: erf(0) = 0, it tends to ±1, and erf(x) is about 2x/√π next to 0", () => {
    expect([0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY].map(errorFunction)).toEqual([0, 1, -1]);
    expect(errorFunction(1e-10)).toBe(1.1283791670955126e-10);
    expect([6, 30, 1e300, -6, -1e300].map(errorFunction)).toEqual([1, 1, 1, -1, -1]);
    expect(errorFunction(-0)).toBe(-0);
    expect(errorFunction(Number.NaN)).toBeNaN();
  });

  // python3 -c "from mpmath import *; mp.dps = 40; print(erf(mpf(x)))", mpmath 1.3
  test.each([
    [0.1, 0.1124629160182849],
    [0.5, 0.5204998778130465],
    [0.8, 0.7421009647076605],
    [0.9, 0.7969082124228322],
    [1.2, 0.9103139782296353],
    [1.5, 0.9661051464753108],
    [2.5, 0.999593047982555],
    [3.5, 0.9999992569016276],
  ])("erf(%d) = %d", (x, expected) => {
    expect(relative(errorFunction(x), expected)).toBeLessThan(FEW_ROUNDINGS);
  });

  test("it equals its series", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 6e6 }), (millionths) => {
        const x = millionths / 1e6;
        expect(Math.abs(errorFunction(x) - series(x))).toBeLessThan(SERIES);
      }),
      { ...RUNS, numRuns: 2000 },
    );
  });

  test("it is odd", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), (x) => {
        expect(errorFunction(-x)).toBe(-errorFunction(x));
      }),
      RUNS,
    );
  });

  test("where one quotient takes over from another there is no step", () => {
    for (const border of [0.84375, 1.25, 1 / 0.35]) {
      const before = border * (1 - Number.EPSILON);
      expect(Math.abs(errorFunction(border) - errorFunction(before))).toBeLessThan(FEW_ROUNDINGS);
      const slope = 3 * border ** 2 * Number.EPSILON; // erfc itself changes by a relative 2x² to 3x² times the step
      expect(relative(complementaryError(border), complementaryError(before))).toBeLessThan(2 * TAIL + slope);
    }
  });
});

describe("complementaryError", () => {
  test.each(ERFC)("erfc(%d) = %d, with relative precision in the tail too", (x, expected) => {
    expect(relative(complementaryError(x), expected)).toBeLessThan(TAIL);
  });

  test("erfc(x) + erf(x) = 1, and erfc(−x) = 2 − erfc(x)", () => {
    fc.assert(
      fc.property(fc.integer({ min: -7e6, max: 7e6 }), (millionths) => {
        const x = millionths / 1e6;
        expect(Math.abs(complementaryError(x) + errorFunction(x) - 1)).toBeLessThan(FEW_ROUNDINGS);
        expect(Math.abs(complementaryError(-x) + complementaryError(x) - 2)).toBeLessThan(FEW_ROUNDINGS);
      }),
      RUNS,
    );
  });

  test("it falls from 2 to 0; NaN stays NaN", () => {
    const [most, least] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    expect([least, -30, 0, -0, 28.5, 1e300, most].map(complementaryError)).toEqual([2, 2, 1, 1, 0, 0, 0]);
    expect(complementaryError(Number.NaN)).toBeNaN();
  });
});

describe("erf", () => {
  test("it is errorFunction, element by element, and float32 is that rounded once", () => {
    const values = [-3, -0.5, -0, 0.25, 1, 4, Number.NaN];
    const x = tensor(Float64Array.from(values), [7, 1]);
    expect([erf(x).shape, erf(x).dtype]).toEqual([[7, 1], "float64"]);
    expect(list(erf(x))).toEqual(values.map(errorFunction));
    expect(list(erf(tensor(values)))).toEqual(float32(...values.map(errorFunction)));
  });

  test("int32 becomes float32; scalars and batches of 0", () => {
    const y = erf(tensor(Int32Array.of(0, 1, -9)));
    expect([y.dtype, list(y)]).toEqual(["float32", float32(0, 0.8427007929497149, -1)]);
    expect([erf(tensor(0)).item(), erf(tensor(0)).shape]).toEqual([0, []]);
    expect(erf(zeros([0, 3])).shape).toEqual([0, 3]);
  });

  test("what is no tensor is an error", () => {
    expect(() => erf([1] as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: erf: x must be a tensor, got [1]. Make a tensor with tensor(values, shape).]`,
    );
  });
});
