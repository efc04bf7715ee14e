import { checkGradient, type Variable } from "@conv/autograd";
import { ones, type Tensor, tensor } from "@conv/core";
import { describe, expect, test } from "vitest";
import { asFunction, expectValues, inFloat64, momentsOf, numbers, randn, small } from "../../test/norms.js";
import {
  BatchNorm1d,
  BatchNorm2d,
  BatchNorm3d,
  evaluate,
  fromSafetensors,
  Linear,
  Sequential,
  toSafetensors,
} from "../index.js";

/** Digits after the point that float32 keeps over a few sums. */
const FLOAT32 = 5;

/** A batch of two examples with two channels: mean 3 and 0, biased variance 4 and 9, unbiased 8 and 18. */
const batch = tensor([
  [1, -3],
  [5, 3],
]);

const layers: [string, { forward(x: Tensor): Variable }, number[]][] = [
  ["BatchNorm1d of features", new BatchNorm1d(3, { eps: 0 }), [6, 3]],
  ["BatchNorm1d of signals", new BatchNorm1d(3, { eps: 0 }), [4, 3, 5]],
  ["BatchNorm2d", new BatchNorm2d(3, { eps: 0 }), [2, 3, 4, 5]],
  ["BatchNorm3d", new BatchNorm3d(3, { eps: 0 }), [2, 3, 2, 3, 4]],
];

describe("BatchNorm in training", () => {
  test("by hand: each channel becomes −1 and 1, then times weight plus bias", () => {
    const layer = new BatchNorm1d(2, { eps: 0 });
    expectValues(layer.forward(batch), [-1, -1, 1, 1]);
    layer.loadStateDict({ weight: tensor([2, 10]), bias: tensor([1, 5]) }, { strict: false });
    expectValues(layer.forward(batch), [-1, -5, 3, 15]);
  });

  test("by hand: a tenth of the mean and of the unbiased variance moves into 0 and 1", () => {
    const layer = new BatchNorm1d(2);
    layer.forward(batch);
    expectValues(layer.running_mean, [0.3, 0]);
    expectValues(layer.running_var, [0.9 + 0.8, 0.9 + 1.8]);
    layer.forward(batch);
    expectValues(layer.running_mean, [0.57, 0]);
    expect(layer.num_batches_tracked?.item()).toBe(2);
  });

  test("by hand: without momentum they are the averages of all batches", () => {
    const layer = new BatchNorm1d(1, { momentum: null });
    layer.forward(tensor([[1], [5]])); // mean 3, variance 8
    expectValues(layer.running_mean, [3]);
    expectValues(layer.running_var, [8]);
    layer.forward(tensor([[0], [2]])); // mean 1, variance 2
    layer.forward(tensor([[8], [8]])); // mean 8, variance 0
    expectValues(layer.running_mean, [4]);
    expectValues(layer.running_var, [10 / 3]);
  });

  test("without momentum the shares are the nearest float32 to 1/n and (n − 1)/n", () => {
    const layer = new BatchNorm1d(1, { momentum: null });
    let expected = 0;
    for (let n = 1; n <= 12; n++) {
      layer.forward(tensor([[n * n - 1], [n * n + 1]])); // mean n²
      const { fround } = Math;
      expected = fround(fround(expected * fround((n - 1) / n)) + fround(n * n * fround(1 / n)));
      expect(layer.running_mean?.dataSync()[0]).toBe(expected);
    }
  });

  test.each(layers)("%s: every channel has mean 0 and variance 1", (_, layer, shape) => {
    const x = randn(shape);
    const y = layer.forward(tensor(x.dataSync(), shape, { dtype: "float32" }));
    expect(y.shape).toEqual(shape);
    const [means, variances] = momentsOf(
      y,
      [...shape.keys()].filter((axis) => axis !== 1),
    );
    expect(means).toHaveLength(3);
    for (const value of means) expect(value).toBeCloseTo(0, FLOAT32);
    for (const value of variances) expect(value).toBeCloseTo(1, FLOAT32);
  });

  test("ε is under the root, and by default 10⁻⁵", () => {
    expectValues(new BatchNorm1d(1).forward(small([2, 1])), [-Math.SQRT1_2, Math.SQRT1_2]);
    expectValues(new BatchNorm1d(2, { eps: 16 }).forward(batch), [
      -2 / Math.sqrt(20),
      -3 / 5,
      2 / Math.sqrt(20),
      3 / 5,
    ]);
  });

  test.each([1, 2] as const)("gradients of order %i are central differences, through mean and variance", (order) => {
    const layer = asFunction(new BatchNorm2d(2, { trackRunningStats: false }));
    const inputs = [randn([2, 2, 3, 2]), randn([2], 2), randn([2], 3)];
    expect(checkGradient(layer, inputs, { order }).entries).toBe(28);
  });
});

describe("BatchNorm in use", () => {
  test("by hand: takes the running statistics, one example at a time if need be, and leaves them", () => {
    const layer = new BatchNorm1d(2, { eps: 0 });
    layer.loadStateDict({
      weight: tensor([1, 2]),
      bias: tensor([0, 100]),
      running_mean: tensor([1, 2]),
      running_var: tensor([4, 9]),
      num_batches_tracked: tensor(Int32Array.of(5), []),
    });
    const before = toSafetensors(layer.stateDict());
    expectValues(layer.eval().forward(tensor([[5, 8]])), [2, 104]);
    expect(toSafetensors(layer.stateDict())).toEqual(before);
  });

  test.each([1, 2] as const)("gradients of order %i are central differences", (order) => {
    const layer = inFloat64(new BatchNorm2d(2));
    layer.forward(randn([2, 2, 3, 2]));
    const inputs = [randn([1, 2, 2, 2], 4), randn([2], 2), randn([2], 3)];
    expect(checkGradient(asFunction(layer.eval()), inputs, { order }).entries).toBe(12);
  });

  test("evaluate does not move the running statistics, and training goes on after it", async () => {
    const norm = new BatchNorm1d(2);
    const before = numbers(norm.running_mean);
    const y = tensor(Int32Array.of(0, 1));
    const loader = {
      length: 1,
      async *[Symbol.asyncIterator]() {
        yield { x: batch, y };
      },
    };
    await evaluate(new Sequential(norm, new Linear(2, 2)), loader);
    expect([numbers(norm.running_mean), norm.training]).toEqual([before, true]);
  });
});

describe("BatchNorm's state", () => {
  test("has PyTorch's names and shapes", () => {
    const model = new Sequential(new BatchNorm2d(3));
    expect(Object.entries(model.stateDict()).map(([name, { shape, dtype }]) => [name, shape, dtype])).toEqual([
      ["0.weight", [3], "float32"],
      ["0.bias", [3], "float32"],
      ["0.running_mean", [3], "float32"],
      ["0.running_var", [3], "float32"],
      ["0.num_batches_tracked", [], "int32"],
    ]);
    expect(model.parameters()).toHaveLength(2);
  });

  test("lacks what its options leave out", () => {
    const names = (options: object) => Object.keys(new BatchNorm2d(3, options).stateDict());
    expect(names({ affine: false })).toEqual(["running_mean", "running_var", "num_batches_tracked"]);
    expect(names({ trackRunningStats: false })).toEqual(["weight", "bias"]);
  });

  test("is a snapshot that a later batch does not change, and makes another layer its equal, through a file too", () => {
    const [from, to] = [new BatchNorm1d(2), new BatchNorm1d(2)];
    from.forward(batch);
    const state = from.stateDict();
    const file = toSafetensors(state);
    from.forward(ones([2, 2]));
    expect(toSafetensors(state)).toEqual(file);
    to.loadStateDict(fromSafetensors(file));
    to.forward(ones([2, 2]));
    expect(toSafetensors(to.stateDict())).toEqual(toSafetensors(from.stateDict()));
  });

  test("starts as the identity", () => {
    expectValues(new BatchNorm1d(2, { eps: 0 }).eval().forward(batch), [1, -3, 5, 3]);
  });
});

describe("without running statistics", () => {
  test("the batch's are used in use too", () => {
    const layer = new BatchNorm1d(2, { eps: 0, trackRunningStats: false }).eval();
    expectValues(layer.forward(batch), [-1, -1, 1, 1]);
  });
});

test("the gradient reaches weight and bias: Σ gradY·x̂ and Σ gradY", () => {
  const layer = new BatchNorm1d(2, { eps: 0 });
  layer.forward(batch).backward(tensor([1, 0, 3, 2], [2, 2])); // x̂ is −1 for the first example, 1 for the second
  expectValues(layer.weight?.grad, [2, 2]);
  expectValues(layer.bias?.grad, [4, 2]);
});
