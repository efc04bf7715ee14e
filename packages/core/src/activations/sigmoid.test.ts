import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { float32, list, RUNS } from "../../test/samples.js";
import { tensor, zeros } from "../create.js";
import { allClose } from "../testing/allClose.js";
import { sigmoid, silu, tanh } from "./sigmoid.js";

/** Some roundings of 2⁻⁵³: relative, and where 1 ± tanh cancels relative to x of at most 30. */
const FEW_ROUNDINGS = { rtol: 2e-15, atol: 1e-14 };

const [most, least] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
const values = fc.array(
  fc.integer({ min: -30e6, max: 30e6 }).map((n) => n / 1e6),
  { maxLength: 8 },
);

/** The same functions written another way: 2σ(x) − 1 = tanh(x/2), and tanh by its exponentials. */
const MAPS = {
  sigmoid: [sigmoid, (x: number) => (1 + Math.tanh(x / 2)) / 2],
  silu: [silu, (x: number) => (x / 2) * (1 + Math.tanh(x / 2))],
  tanh: [tanh, (x: number) => (Math.exp(x) - Math.exp(-x)) / (Math.exp(x) + Math.exp(-x))],
} as const;

describe("sigmoid, silu and tanh", () => {
  test("by hand: σ(0) = ½, σ(ln 3) = ¾, tanh(ln 3) = ⅘; their limits", () => {
    const x = tensor([[-1000, 0, Math.log(3), 1000]]);
    expect(sigmoid(x).shape).toEqual([1, 4]);
    expect(list(sigmoid(x))).toEqual([0, 0.5, 0.75, 1]);
    expect(list(tanh(x))).toEqual([-1, 0, float32(0.8)[0], 1]);
    expect(list(silu(x))).toEqual([-0, 0, float32(0.75 * Math.log(3))[0], 1000]);
  });

  // torch.sigmoid, F.silu and torch.tanh of torch.tensor([-3, -0.5, 0, 0.5, 3]).double(), PyTorch 1.13
  test("they equal PyTorch", () => {
    const x = tensor(Float64Array.of(-3, -0.5, 0, 0.5, 3));
    const expected = [
      [sigmoid, [0.04742587317756678, 0.3775406687981454, 0.5, 0.6224593312018546, 0.9525741268224334]],
      [silu, [-0.14227761953270035, -0.1887703343990727, 0, 0.3112296656009273, 2.8577223804672998]],
      [tanh, [-0.9950547536867305, -0.46211715726000974, 0, 0.46211715726000974, 0.9950547536867305]],
    ] as const;
    const LAST_DIGIT = { rtol: 1e-15, atol: 0 }; // each through a few roundings of 2⁻⁵³
    for (const [map, ys] of expected) expect(allClose(map(x), ys, LAST_DIGIT), map.name).toBeUndefined();
  });

  test.each(Object.entries(MAPS))("%s equals its formula, and float32 is the same rounded once", (_, [map, f]) => {
    fc.assert(
      fc.property(values, (xs) => {
        expect(allClose(map(tensor(Float64Array.from(xs))), xs.map(f), FEW_ROUNDINGS)).toBeUndefined();
        const rounded = tensor(xs, [xs.length]);
        const exact = map(tensor(Float64Array.from(list(rounded))));
        expect(list(map(rounded))).toEqual(float32(...list(exact)));
      }),
      RUNS,
    );
  });

  test("far below 0 sigmoid keeps its digits: σ(x) is eˣ there", () => {
    const x = Float64Array.of(-40, -200, -700);
    const EXPONENTIAL = { rtol: 1e-15, atol: 0 }; // that of one exp and a few roundings
    expect(allClose(sigmoid(tensor(x)), x.map(Math.exp), EXPONENTIAL)).toBeUndefined();
    expect(
      allClose(
        silu(tensor(x)),
        x.map((v) => v * Math.exp(v)),
        EXPONENTIAL,
      ),
    ).toBeUndefined();
  });

  // of torch.tensor([-inf, inf, -0., nan]).double(), PyTorch 1.13
  test("infinities, −0 and NaN as in PyTorch: −∞·0 is NaN", () => {
    const x = tensor([least, most, -0, Number.NaN]);
    expect(list(sigmoid(x))).toEqual([0, 1, 0.5, Number.NaN]);
    expect(list(silu(x))).toEqual([Number.NaN, most, -0, Number.NaN]);
    expect(list(tanh(x))).toEqual([-1, 1, -0, Number.NaN]);
  });

  test.each(Object.entries(MAPS))("%s: int32 becomes float32; scalars and batches of 0", (_, [map, f]) => {
    const y = map(tensor(Int32Array.of(0, 3)));
    expect([y.dtype, y.shape]).toEqual(["float32", [2]]);
    expect(allClose(y, [f(0), f(3)])).toBeUndefined();
    expect(map(tensor(Float64Array.of(1))).dtype).toBe("float64");
    expect([map(tensor(0)).item(), map(tensor(0)).shape]).toEqual([f(0), []]);
    expect(map(zeros([0, 3])).shape).toEqual([0, 3]);
  });

  test("what is no tensor is an error", () => {
    expect(() => sigmoid([1] as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: sigmoid: x must be a tensor, got [1]. Make a tensor with tensor(values, shape).]`,
    );
    expect(() => silu("x" as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: silu: x must be a tensor, got "x". Make a tensor with tensor(values, shape).]`,
    );
    expect(() => tanh(undefined as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: tanh: x must be a tensor, got undefined. Make a tensor with tensor(values, shape).]`,
    );
  });
});
