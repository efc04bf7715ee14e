import { describe, expect, test } from "vitest";
import { agree, dissenters, fingerprint } from "../cpu/fingerprint.js";
import { flopsOf, LAYERS, layer, outSize, shapesOf } from "../cpu/layers.js";
import { permuted } from "../cpu/layout.js";
import { batch, initialParameters } from "../cpu/network.js";
import { labelAt, numberAt, numbers } from "../cpu/numbers.js";
import { geometricMean, gflops, median, repetitions } from "../cpu/statistics.js";

describe("statistics", () => {
  test("the median is the middle one, or the mean of the middle two", () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(median([7])).toBe(7);
    expect(median([])).toBeNaN();
  });

  test("the geometric mean of ratios does not depend on which way they are taken", () => {
    expect(geometricMean([2, 8])).toBeCloseTo(4, 12);
    expect(geometricMean([1 / 2, 1 / 8])).toBeCloseTo(1 / 4, 12);
  });

  test("two billion operations in half a second are 4 GFLOP/s", () => expect(gflops(2e9, 500)).toBe(4));

  test("runs fill a turn, one at least", () => {
    expect([repetitions(100, 30, 40), repetitions(100, 5000, 40), repetitions(100, 0.1, 40)]).toEqual([4, 1, 40]);
  });
});

describe("layers", () => {
  test("a 3×3 convolution of 64 to 64 channels on 56² pixels takes 2 · 64 · 56² · 64 · 9 operations", () => {
    expect(flopsOf(layer("", 64, 64, 56, 3))).toBe(231_211_008);
  });

  test("groups divide the operations, a batch multiplies them, a stride halves each side", () => {
    const plain = flopsOf(layer("", 32, 32, 28, 3));
    expect(flopsOf(layer("", 32, 32, 28, 3, { groups: 8 }))).toBe(plain / 8);
    expect(flopsOf(layer("", 32, 32, 28, 3, { batch: 4 }))).toBe(plain * 4);
    expect(flopsOf(layer("", 32, 32, 28, 3, { stride: 2 }))).toBe(plain / 4);
  });

  test("shapes are those of NCHW and OIHW", () => {
    const [stem] = LAYERS;
    expect(shapesOf(stem)).toEqual({ x: [1, 3, 224, 224], w: [64, 3, 7, 7], y: [1, 64, 112, 112] });
    expect(outSize(layer("", 1, 1, 9, 3, { dilation: 2, padding: 0 }))).toBe(5);
  });

  test("names are unique: results are found by them", () => {
    expect(new Set(LAYERS.map(({ name }) => name)).size).toBe(LAYERS.length);
  });
});

describe("numbers", () => {
  test("are the same for ever, and in Python", () => {
    expect([0, 1, 2].map((i) => numberAt(1, i))).toEqual([-0.9844697713851929, 0.24463915824890137, -0.94045090675354]);
    expect([0, 1, 2, 3].map((i) => labelAt(6, i, 10))).toEqual([5, 4, 2, 2]);
  });

  test("are uniform in [−1, 1), another stream of them unlike the first", () => {
    const [a, b] = [numbers(1, 10_000), numbers(2, 10_000)];
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(Math.abs(mean([...a]))).toBeLessThan(0.02);
    expect(mean([...a.map((v) => v * v)])).toBeCloseTo(1 / 3, 1);
    expect(Math.abs(mean([...a.map((v, i) => v * b[i])]))).toBeLessThan(0.02);
  });

  test("give the network its parameters and its batch", () => {
    expect(initialParameters().map(({ values }) => values.length)).toEqual([288, 32, 18432, 64, 401408, 128, 1280, 10]);
    const { images, labels } = batch();
    expect([images.length, labels.length]).toEqual([64 * 784, 64]);
  });
});

test("permuted reads the elements in the order of the permuted axes", () => {
  expect([...permuted([1, 2, 3, 4, 5, 6], [2, 3], [1, 0])]).toEqual([1, 4, 2, 5, 3, 6]);
  const x = numbers(1, 2 * 3 * 4 * 5);
  expect(permuted(permuted(x, [2, 3, 4, 5], [0, 2, 3, 1]), [2, 4, 5, 3], [0, 3, 1, 2])).toEqual(x);
});

describe("fingerprints", () => {
  const y = numbers(3, 1000);

  test("agree over rounding errors", () => {
    expect(agree(fingerprint(y), fingerprint(y.map((v) => v * (1 + 1e-5))))).toBe(true);
  });

  test("disagree over another order, scale, length, or a NaN", () => {
    for (const other of [y.toReversed(), y.map((v) => 1.01 * v), y.slice(1), y.with(3, Number.NaN)]) {
      expect(agree(fingerprint(y), fingerprint(other))).toBe(false);
    }
  });

  test("of trainings agree over the steps that both made", () => {
    expect(agree({ losses: [2.3, 2.2, 2.1] }, { losses: [2.3001, 2.2001] })).toBe(true);
    expect(agree({ losses: [2.3, 2.2, 2.1] }, { losses: [2.3, 2.25] })).toBe(false);
    expect(agree({ losses: [2.3] }, { losses: [] })).toBe(false);
  });

  test("the dissenters are those who disagree with the most; of two, the second", () => {
    const [a, b, c] = [1, 1, 2].map((scale) => ({ print: fingerprint(y.map((v) => v * scale)) }));
    const of = ({ print }: { print: object }) => print;
    expect(dissenters([c, a, b], of)).toEqual([c]);
    expect(dissenters([a, c], of)).toEqual([c]);
    expect(dissenters([a, b], of)).toEqual([]);
    expect(dissenters([a], of)).toEqual([]);
    expect(dissenters([], of)).toEqual([]);
  });
});
