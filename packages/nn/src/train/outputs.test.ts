import type { Variable } from "@conv/autograd";
import { type Tensor, tensor } from "@conv/core";
import { describe, expect, test } from "vitest";
import { lossesOf, network, stepsOf } from "../../test/runs.js";
import { type Batch, crossEntropy, evaluate, type FitStep, fit, Linear, type Loader, mseLoss, SGD } from "../index.js";

const start = () => {
  const model = network(1);
  return { model, optimizer: new SGD(model.parameters(), { lr: 0.5, momentum: 0.5 }) };
};

/** A loader of given batches. */
const batchesOf = (...given: Batch[]): Loader => ({
  length: given.length,
  async *[Symbol.asyncIterator]() {
    yield* given;
  },
});

describe("accuracy", () => {
  const regression = () => {
    const model = new Linear(2, 1);
    const x = tensor([
      [1, 2],
      [3, 4],
    ]);
    return { model, optimizer: new SGD(model.parameters()), x };
  };

  test("of numbers as targets is NaN, in training and evaluation, and there are no predictions", async () => {
    const { model, optimizer, x } = regression();
    const data = batchesOf({ x, y: tensor([[0], [1]]) });
    const [step] = await stepsOf(fit(model, data, { optimizer, loss: mseLoss, epochs: 1, validate: data }));
    expect([step.accuracy, step.training?.accuracy, step.validation?.accuracy]).toEqual([
      Number.NaN,
      Number.NaN,
      Number.NaN,
    ]);
    expect(await evaluate(model, data, { loss: mseLoss })).toMatchObject({ predictions: [], labels: [] });
  });

  test("of images as targets is NaN too, and of one number per example", async () => {
    const { optimizer, x } = regression();
    const column = (y: Variable, target: Tensor) => mseLoss(y, tensor(target.dataSync(), [2, 1]));
    for (const [y, loss] of [
      [x, mseLoss],
      [tensor([0, 1]), column],
    ] as const) {
      const model = new Linear(2, y.shape.length === 2 ? 2 : 1);
      const [step] = await stepsOf(fit(model, batchesOf({ x, y }), { optimizer, loss, epochs: 1 }));
      expect(step.accuracy).toBeNaN();
    }
  });

  test("of labels that are floats is that of labels; between classes it is NaN", async () => {
    const { optimizer, x } = regression();
    const model = new Linear(2, 2);
    const run = (y: Tensor, loss = crossEntropy as (y: Variable, t: Tensor) => Variable) =>
      stepsOf(fit(model, batchesOf({ x, y }), { optimizer, loss, epochs: 1 }));
    expect([0, 0.5, 1]).toContain((await run(tensor([0, 1])))[0].accuracy);
    const mixture = (y: Variable) => mseLoss(y, x);
    expect((await run(tensor([0.5, 1]), mixture))[0].accuracy).toBeNaN();
  });
});

describe("losses", () => {
  const { x, y } = {
    x: tensor([
      [1, 2],
      [3, 4],
    ]),
    y: tensor(Int32Array.of(0, 1)),
  };

  test("that are no scalars, or no Variables, are refused", async () => {
    const { model, optimizer } = start();
    const run = (loss: object) => stepsOf(fit(model, batchesOf({ x, y }), { optimizer, loss, epochs: 1 } as never));
    const none = (a: Variable, b: Tensor) => crossEntropy(a, b, { reduction: "none" });
    await expect(run(none)).rejects.toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: fit: the loss must be a scalar, but has shape [2]. Take its mean: { reduction: "mean" }.]`,
    );
    await expect(run(() => 3)).rejects.toThrowErrorMatchingInlineSnapshot(
      `[TypeError: fit: the loss must return a Variable, got 3. Compute it with operators.]`,
    );
    await expect(evaluate(model, batchesOf({ x, y }), { loss: none })).rejects.toThrow("evaluate: the loss must be");
  });

  test("that are NaN do not stop the run; a callback can", async () => {
    const bad = batchesOf({ x: tensor([[Number.NaN, 1]]), y: tensor(Int32Array.of(0)) });
    const { model, optimizer } = start();
    const steps = await stepsOf(fit(model, bad, { optimizer, epochs: 3 }));
    expect(lossesOf(steps)).toEqual([Number.NaN, Number.NaN, Number.NaN]);
    const stop = ({ loss }: FitStep) => (Number.isNaN(loss) ? ("stop" as const) : undefined);
    expect(await stepsOf(fit(model, bad, { optimizer, epochs: 3, callbacks: [stop] }))).toHaveLength(1);
  });
});
