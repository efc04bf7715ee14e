import { logSoftmax, scope, variable } from "@conv/autograd";
import { createRandom, type Device, sub, type Tensor, tensor, where } from "@conv/core";
import { remoteDevice } from "@tooling/remote";
import { describe, expect, test } from "vitest";
import { type CrossEntropyOptions, crossEntropy, nllLoss } from "../index.js";

const remote = () => remoteDevice("remote", { float64: false });
const int32 = (...labels: number[]) => tensor(Int32Array.from(labels));

/** The loss and its gradient, with the labels, and perhaps weights, where the scores are. */
async function losses(scores: Tensor, labels: Tensor, options: CrossEntropyOptions, device?: Device) {
  const on = (x: Tensor) => (device === undefined ? x : x.to(device));
  const x = variable(on(scores));
  const loss = crossEntropy(x, on(labels), options);
  if (loss.size === 1) loss.backward();
  else loss.backward(on(createRandom(9).normal(loss.shape)));
  return { shape: loss.shape, loss: [...(await loss.data())], gradient: [...((await x.grad?.data()) ?? [])] };
}

describe("labels that cannot be looked at at once", () => {
  test("by hand: of two equal scores the loss is ln 2, and its gradient ∓½", async () => {
    const { loss, gradient } = await losses(tensor([[5, 5]]), int32(0), {}, remote());
    expect(loss[0]).toBeCloseTo(Math.log(2), 6);
    expect(gradient).toEqual([-0.5, 0.5]);
  });

  const weight = tensor([0.3, 1, 2.7]);
  const rules: readonly (readonly [string, CrossEntropyOptions])[] = [
    ["no options", {}],
    ["a label to ignore", { ignoreIndex: 1 }],
    ["label smoothing", { labelSmoothing: 0.3 }],
    ["weights", { weight }],
    ["weights in float64", { weight: tensor([0.3, 1, 2.7], [3], { dtype: "float64" }) }],
    ["all of it", { weight, labelSmoothing: 0.1, ignoreIndex: 2 }],
  ];
  const shapes = [
    ["one label for each example", [6, 3], int32(0, 2, 1, -100, 1, 0)],
    ["one for each pixel", [2, 3, 2, 2], tensor(Int32Array.of(0, 2, 1, -100, 1, 0, 2, 2), [2, 2, 2])],
    ["labels in float32", [4, 3], tensor([0, 2, -100, 1])],
  ] as const;
  describe.each(shapes)("%s", (_, shape, labels) => {
    const scores = createRandom(1).normal([...shape]);
    describe.each(rules)("%s", (_, options) => {
      test.each(["mean", "sum", "none"] as const)("%s: what the cpu gives", async (reduction) => {
        const rule = { ...options, reduction };
        const { ignoreIndex = -100 } = options;
        const given = where(sub(labels, -100), labels, ignoreIndex);
        const expected = await losses(scores, given, rule);
        const got = await losses(scores, given, rule, remote());
        expect(got.shape).toEqual(expected.shape);
        // Only the sum of the weights is rounded to float32 in between.
        const isRounded = options.weight !== undefined && reduction === "mean";
        expectNear(got.loss, expected.loss, isRounded ? FLOAT32 : 0);
        expectNear(got.gradient, expected.gradient, isRounded ? FLOAT32 : 0);
      });
    });
  });

  test.each(["mean", "sum", "none"] as const)(
    "%s: weights on the device too, or the weights alone",
    async (reduction) => {
      const [scores, labels] = [createRandom(1).normal([6, 3]), int32(0, 2, 1, -100, 1, 0)];
      const options = { reduction, labelSmoothing: 0.1 };
      const expected = await losses(scores, labels, { ...options, weight });
      const device = remote();
      for (const theirs of [labels.to(device), labels]) {
        const x = variable(scores.to(device));
        const loss = crossEntropy(x, theirs, { ...options, weight: weight.to(device) });
        expectNear([...(await loss.data())], expected.loss, FLOAT32);
      }
      const x = variable(scores.to(device));
      const theirs = { ...options, weight: weight.to(device) };
      expect(() => crossEntropy(x, int32(0, 2, 1, -100, 1, 3), theirs)).toThrow("label 3 is not one of the 3 classes");
    },
  );

  test("nllLoss likewise", async () => {
    const [scores, labels] = [createRandom(1).normal([3, 3]), int32(0, 2, 1)];
    const device = remote();
    const there = nllLoss(logSoftmax(variable(scores.to(device)), 1), labels.to(device));
    expect(await there.data()).toEqual(nllLoss(logSoftmax(variable(scores), 1), labels).dataSync());
  });

  test("what is ignored is so whatever its scores", async () => {
    const scores = tensor([[1, 2], [Number.POSITIVE_INFINITY, Number.NaN]]); // biome-ignore format: a matrix
    const { loss } = await losses(scores, int32(1, -100), {}, remote());
    expect(loss[0]).toBeCloseTo(Math.log(1 + Math.exp(-1)), 6);
  });
});

describe("a label there that is no class", () => {
  const scores = createRandom(1).normal([3, 2]);
  const wrong: readonly (readonly [string, Tensor])[] = [
    ["too large", int32(0, 2, 1)],
    ["negative", int32(0, -1, 1)],
    ["a fraction", tensor([0, 0.5, 1])],
    ["no number", tensor([0, Number.NaN, 1])],
  ];
  test.each(wrong)("%s: the loss is NaN, and so are gradients", async (_, labels) => {
    for (const reduction of ["mean", "sum"] as const) {
      for (const options of [{}, { labelSmoothing: 0.1 }]) {
        const { loss, gradient } = await losses(scores, labels, { ...options, reduction }, remote());
        expect([reduction, loss, gradient.some(Number.isNaN)]).toEqual([reduction, [Number.NaN], true]);
      }
    }
    const { loss } = await losses(scores, labels, { reduction: "none" }, remote());
    expect(loss.map(Number.isNaN)).toEqual([false, true, false]);
  });
});

test("a loss in a scope leaves nothing on the device but its gradient", () => {
  const device = remote();
  const x = variable(createRandom(1).normal([3, 2]).to(device));
  const labels = int32(0, 1, 1).to(device);
  scope(() => crossEntropy(x, labels, { labelSmoothing: 0.1, weight: tensor([1, 2]) }).backward());
  expect(device.buffers).toBe(3);
});

test("labels of another device are an error, which says so", () => {
  const x = variable(tensor([[1, 2]]));
  expect(() => crossEntropy(x, int32(0).to(remote()))).toThrowErrorMatchingInlineSnapshot(
    `[BackendError: crossEntropy: its tensors live on two devices, cpu and remote. Move one: x.to(device).]`,
  );
});

/** Room for some roundings of float32. */
const FLOAT32 = 1e-6;

function expectNear(got: readonly number[], expected: readonly number[], room: number): void {
  expect(got).toHaveLength(expected.length);
  got.forEach((value, i) => {
    if (room === 0) expect(value).toBe(expected[i]);
    else expect(Math.abs(value - expected[i])).toBeLessThanOrEqual(room * (1 + Math.abs(expected[i])));
  });
}
