import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { float32, list, RUNS } from "../../test/samples.js";
import { tensor, zeros } from "../create.js";
import { allClose } from "../testing/allClose.js";
import { elu, eluOptions, SELU, selu } from "./elu.js";

/** A handful of roundings of 2⁻⁵³ relative to the result, and near 0 those of eˣ − 1, which are relative to 1. */
const FEW_ROUNDINGS = { rtol: 1e-15, atol: 1e-15 };

const [most, least] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
const values = fc.array(
  fc.integer({ min: -40e6, max: 40e6 }).map((n) => n / 1e6),
  { maxLength: 8 },
);

describe("elu", () => {
  test("by hand: x above 0, e⁻ˣ − 1 below, down to −α", () => {
    const x = tensor([[-1000, -Math.LN2, 0, 3]]);
    expect(elu(x).shape).toEqual([1, 4]);
    expect(list(elu(x))).toEqual([-1, -0.5, 0, 3]);
    expect(list(elu(x, { alpha: 2 }))).toEqual([-2, -1, 0, 3]);
    expect(list(elu(x, { alpha: 0 }))).toEqual([-0, -0, 0, 3]);
  });

  // F.elu(torch.tensor([-3, -0.5, 0, 0.5, 3]).double(), alpha), alpha 1 and 2, PyTorch 1.13
  test("it equals PyTorch", () => {
    const x = tensor(Float64Array.of(-3, -0.5, 0, 0.5, 3));
    expect(allClose(elu(x), [-0.950212931632136, -0.3934693402873666, 0, 0.5, 3], FEW_ROUNDINGS)).toBeUndefined();
    expect(
      allClose(elu(x, { alpha: 2 }), [-1.900425863264272, -0.7869386805747332, 0, 0.5, 3], FEW_ROUNDINGS),
    ).toBeUndefined();
  });

  test("it equals its formula, and float32 is the same rounded once", () => {
    fc.assert(
      fc.property(
        values,
        fc.integer({ min: -20, max: 20 }).map((n) => n / 10),
        (xs, alpha) => {
          const formula = xs.map((x) => (x > 0 ? x : alpha * (Math.exp(x) - 1)));
          expect(allClose(elu(tensor(Float64Array.from(xs)), { alpha }), formula, FEW_ROUNDINGS)).toBeUndefined();
          const rounded = tensor(xs, [xs.length]);
          const exact = elu(tensor(Float64Array.from(list(rounded))), { alpha });
          expect(list(elu(rounded, { alpha }))).toEqual(float32(...list(exact)));
        },
      ),
      RUNS,
    );
  });

  test("next to 0 no digit is lost", () => {
    expect(elu(tensor(Float64Array.of(-1e-20))).item()).toBe(-1e-20);
  });

  test("infinities, −0 and NaN", () => {
    const x = tensor([least, -0, most, Number.NaN]);
    expect(list(elu(x))).toEqual([-1, -0, most, Number.NaN]);
    expect(list(selu(x))).toEqual([...float32(-SELU.scale * SELU.alpha), -0, most, Number.NaN]);
  });

  test("alpha is 1 by default", () => {
    expect(eluOptions()).toEqual({ alpha: 1, scale: 1 });
    expect(eluOptions({ alpha: undefined })).toEqual({ alpha: 1, scale: 1 });
  });

  test("int32 becomes float32; scalars and batches of 0", () => {
    const x = tensor(Int32Array.of(-1000, 2));
    expect([elu(x).dtype, list(elu(x))]).toEqual(["float32", [-1, 2]]);
    expect(selu(x).dtype).toBe("float32");
    expect([elu(tensor(-1000)).item(), elu(tensor(2)).shape]).toEqual([-1, []]);
    expect([elu(zeros([0, 3])).shape, selu(zeros([0, 3])).shape]).toEqual([
      [0, 3],
      [0, 3],
    ]);
  });
});

describe("selu", () => {
  test("by hand: λ·x above 0, −λ·α far below", () => {
    expect(list(selu(tensor(Float64Array.of(-1000, 0, 1))))).toEqual([-1.7580993408473766, 0, 1.0507009873554805]);
  });

  // F.selu(torch.tensor([-3, -0.5, 0, 0.5, 3]).double()), PyTorch 1.13
  test("it equals PyTorch", () => {
    const x = tensor(Float64Array.of(-3, -0.5, 0, 0.5, 3));
    expect(
      allClose(
        selu(x),
        [-1.6705687287671118, -0.6917581878028713, 0, 0.5253504936777402, 3.1521029620664414],
        FEW_ROUNDINGS,
      ),
    ).toBeUndefined();
  });

  test("it keeps mean 0 and variance 1 of the normal distribution, for which its constants were made", () => {
    // the two moments of selu(z) by the trapezoidal rule; cut off at ±12 and stepped by 1/1024: errors below 1e-9, the kink's
    const [range, steps] = [12, 1024];
    const z = Float64Array.from({ length: 2 * range * steps + 1 }, (_, i) => i / steps - range);
    const density = z.map((v) => Math.exp((-v * v) / 2) / Math.sqrt(2 * Math.PI) / steps);
    const y = list(selu(tensor(z)));
    const KINK = 1e-6; // of second order in the step 1/1024
    expect(Math.abs(y.reduce((sum, v, i) => sum + v * density[i], 0))).toBeLessThan(KINK);
    expect(Math.abs(y.reduce((sum, v, i) => sum + v * v * density[i], 0) - 1)).toBeLessThan(KINK);
  });
});

test("what cannot be is an error", () => {
  const x = tensor([1]);
  expect(() => elu(x, { alpha: null as never })).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: elu: alpha must be a number, got null.]`,
  );
  expect(() => elu(x, { alpha: Number.NaN })).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: elu: alpha must be a number, got NaN.]`,
  );
  expect(() => elu(x, { negativeSlope: 1 } as never)).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: elu: unknown option negativeSlope. It takes alpha.]`,
  );
  expect(() => elu(x, 1 as never)).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: elu: the last argument is the options, got 1. Pass an object: { alpha: 1 }.]`,
  );
  expect(() => elu([1] as never)).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: elu: x must be a tensor, got [1]. Make a tensor with tensor(values, shape).]`,
  );
  expect(() => selu(null as never)).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: selu: x must be a tensor, got null. Make a tensor with tensor(values, shape).]`,
  );
});
