import { mul, sum, variable } from "@conv/autograd";
import { createRandom, ones, tensor } from "@conv/core";
import { describe, expect, test } from "vitest";
import { Dropout, Dropout1d, Dropout2d, Dropout3d, manualSeed } from "../index.js";

/** Elements per test: a share of zeros then has a standard deviation of at most 0.005. */
const ELEMENTS = 10_000;
/** Four standard deviations. */
const SHARE = 0.02;

const dropped = (layer: Dropout, n = ELEMENTS) => [...layer.forward(variable(ones([n]))).dataSync()];

describe("Dropout", () => {
  test("by hand: with p = ½ every element becomes 0 or twice itself", () => {
    const y = new Dropout(0.5, { random: createRandom(1) }).forward(variable(tensor([1, 2, 3, 4, 5, 6, 7, 8])));
    const kept = [...y.dataSync()];
    kept.forEach((v, i) => {
      expect([0, 2 * (i + 1)]).toContain(v);
    });
    expect(kept).toContain(0);
    expect(kept.some((v) => v !== 0)).toBe(true);
  });

  test.each([0.1, 0.5, 0.8])(
    "drops a share of p = %f, and the rest is divided by 1 − p, so that the mean stays",
    (p) => {
      const y = dropped(new Dropout(p, { random: createRandom(2) }));
      const zeros = y.filter((v) => v === 0).length / ELEMENTS;
      expect(Math.abs(zeros - p)).toBeLessThan(SHARE);
      const kept = y.filter((v) => v !== 0);
      expect(new Set(kept)).toEqual(new Set([Math.fround(1 / (1 - p))]));
      expect(Math.abs(y.reduce((a, b) => a + b, 0) / ELEMENTS - 1)).toBeLessThan(SHARE / (1 - p));
    },
  );

  test("in use it passes everything, and draws nothing", () => {
    const random = createRandom(3);
    const layer = new Dropout(0.5, { random }).eval();
    const before = random.state;
    const x = variable(ones([5]));
    expect(layer.forward(x)).toBe(x);
    expect(random.state).toEqual(before);
  });

  test("its default p is ½; p = 0 passes, p = 1 drops everything", () => {
    expect(new Dropout().p).toBe(0.5);
    expect(dropped(new Dropout(0), 4)).toEqual([1, 1, 1, 1]);
    expect(dropped(new Dropout(1), 4)).toEqual([0, 0, 0, 0]);
  });

  test("the gradient passes where the element did, with the same factor", () => {
    const x = variable(ones([50]));
    const y = new Dropout(0.4, { random: createRandom(4) }).forward(x);
    sum(mul(y, 3)).backward();
    expect([...(x.grad?.dataSync() ?? [])]).toEqual([...y.dataSync()].map((v) => Math.fround(v * 3)));
  });

  test("draws anew each time; one seed gives one sequence", () => {
    const run = () => {
      manualSeed(9);
      const layer = new Dropout();
      return [dropped(layer, 64), dropped(layer, 64)];
    };
    const [first, second] = run();
    expect(first).not.toEqual(second);
    expect(run()).toEqual([first, second]);
  });

  test("refuses what is no probability, and unknown options", () => {
    expect(() => new Dropout(1.5)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: Dropout: p must be a probability, 0 to 1, got 1.5.]`,
    );
    expect(() => new Dropout(-0.1)).toThrow(RangeError);
    expect(() => new Dropout(Number.NaN)).toThrow(RangeError);
    expect(() => new Dropout({ p: 0.5 } as never)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: Dropout: p must be a probability, 0 to 1, got an object.]`,
    );
    expect(() => new Dropout(0.5, { seed: 1 } as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: Dropout: unknown option seed. It takes random.]`,
    );
  });

  test("in float64 the factor has float64's digits", () => {
    const x = variable(ones([20], { dtype: "float64" }));
    const y = [...new Dropout(0.1, { random: createRandom(5) }).forward(x).dataSync()];
    expect(Math.max(...y)).toBe(1 / 0.9);
  });
});

describe("channel dropout", () => {
  const layers = [
    [new Dropout1d(0.5, { random: createRandom(11) }), [20, 30, 4]],
    [new Dropout2d(0.5, { random: createRandom(12) }), [20, 30, 2, 3]],
    [new Dropout3d(0.5, { random: createRandom(13) }), [20, 30, 2, 1, 2]],
  ] as const;

  test.each(layers)("by hand: a channel of an example becomes 0 or twice itself as a whole (%#)", (layer, shape) => {
    const pixels = shape.slice(2).reduce((a: number, b) => a * b, 1);
    const y = [...layer.forward(ones(shape)).dataSync()];
    const channels = Array.from({ length: 600 }, (_, i) => y.slice(i * pixels, (i + 1) * pixels));
    const kinds = channels.map((channel) => new Set(channel));
    expect(kinds.every(({ size }) => size === 1)).toBe(true);
    expect(new Set(y)).toEqual(new Set([0, 2]));
    const share = y.filter((v) => v === 0).length / y.length;
    expect(Math.abs(share - 0.5)).toBeLessThan(4 * Math.sqrt(0.25 / 600)); // four standard deviations
  });

  test("draws once for each channel of each example", () => {
    const random = createRandom(14);
    new Dropout2d(0.5, { random }).forward(ones([2, 3, 8, 8]));
    expect(random.state.drawn).toBe(6);
  });

  test("the gradient passes where the channel did", () => {
    const x = variable(ones([4, 5, 2]));
    const y = new Dropout1d(0.4, { random: createRandom(15) }).forward(x);
    sum(y).backward();
    expect([...(x.grad?.dataSync() ?? [])]).toEqual([...y.dataSync()]);
  });

  test("in use it passes everything, and draws nothing", () => {
    const random = createRandom(16);
    const x = variable(ones([1, 2, 3]));
    expect(new Dropout1d(0.5, { random }).eval().forward(x)).toBe(x);
    expect(random.state.drawn).toBe(0);
  });

  test("refuses other axes, in training and in use, and what is no probability", () => {
    expect(() => new Dropout2d().forward(ones([2, 3, 4]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: Dropout2d: x must have 4 axes, [N, C, …], but its shape is [2, 3, 4]. Reshape it, or use Dropout for single elements.]`,
    );
    expect(() => new Dropout1d().eval().forward(ones([2, 3]))).toThrow("Dropout1d: x must have 3 axes");
    expect(() => new Dropout3d(2)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: Dropout3d: p must be a probability, 0 to 1, got 2.]`,
    );
    const integers = tensor(Int32Array.of(1, 2));
    expect(() => new Dropout(0.5).forward(integers)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: Dropout: x is int32, but must be float32. Make it with { dtype: "float32" }.]`,
    );
    expect([...new Dropout(0.5).eval().forward(integers).dataSync()]).toEqual([1, 2]);
    expect(() => new Dropout("0.5" as never)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: Dropout: p must be a probability, 0 to 1, got "0.5".]`,
    );
    expect(() => new Dropout(null as never)).toThrow(RangeError);
    expect(() => new Dropout(0.5, { random: 7 } as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: Dropout: random must be a generator, got 7. Make one of a seed: createRandom(7).]`,
    );
    expect(() => new Dropout().forward([1] as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: Dropout: x must be a tensor, got [1]. Make a tensor with tensor(values, shape).]`,
    );
    expect(() => new Dropout1d(0.5, { seed: 1 } as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: Dropout1d: unknown option seed. It takes random.]`,
    );
  });
});
