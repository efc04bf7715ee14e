import { sum, type Variable } from "@conv/autograd";
import { createRandom, type Tensor, tensor, zeros } from "@conv/core";
import { describe, expect, test } from "vitest";
import { clouds, network } from "../../test/runs.js";
import { toyLoader } from "../../test/toyLoader.js";
import {
  type Batch,
  crossEntropy,
  Dropout,
  type Evaluation,
  evaluate,
  fit,
  type Loader,
  Module,
  Sequential,
  SGD,
} from "../index.js";

/** Gives its input back: rows are logits. */
class Identity extends Module {
  forward(x: Variable): Variable {
    return x;
  }
}

/** A loader of given batches. */
const batches = (...given: Batch[]): Loader => ({
  length: given.length,
  async *[Symbol.asyncIterator]() {
    yield* given;
  },
});

const ln3 = Math.log(3);

describe("evaluate", () => {
  test("by hand: predictions, labels, their agreement, and the mean loss over examples, not batches", async () => {
    const rows = [
      [ln3, 0], // ¾, ¼
      [0, ln3],
      [0, ln3],
    ];
    const { loss, ...rest } = await evaluate(new Identity(), toyLoader(rows, [0, 1, 0], { batchSize: 2 }));
    expect(rest).toEqual({ accuracy: 2 / 3, predictions: [0, 1, 1], labels: [0, 1, 0] });
    expect(loss).toBeCloseTo((Math.log(4 / 3) + Math.log(4 / 3) + Math.log(4)) / 3, 6);
  });

  test("does not depend on how examples are batched", async () => {
    const { rows, labels } = clouds(10, 1);
    const [whole, ...others] = await Promise.all(
      [10, 1, 3].map((batchSize) => evaluate(network(2), toyLoader(rows, labels, { batchSize }))),
    );
    for (const other of others) {
      expect({ ...other, loss: 0 }).toEqual({ ...whole, loss: 0 });
      expect(other.loss).toBeCloseTo(whole.loss, 6);
    }
  });

  test("runs the model as in use: dropout passes everything", async () => {
    const { rows, labels } = clouds(10, 1);
    const model = network(2);
    const first = await evaluate(model, toyLoader(rows, labels, { batchSize: 5 }));
    expect(await evaluate(model, toyLoader(rows, labels, { batchSize: 5 }))).toEqual(first);
    expect(first.loss).toBe((await evaluate(model.eval(), toyLoader(rows, labels, { batchSize: 5 }))).loss);
  });

  test.each([true, false])("leaves the model in training = %s as it was, after an error too", async (training) => {
    const model = network(2).train(training);
    const modes = () => [model.training, ...model.layers.map((layer) => layer.training)];
    const before = modes();
    await evaluate(model, toyLoader([[1, 2]], [0], { batchSize: 1 }));
    expect(modes()).toEqual(before);
    await expect(evaluate(model, toyLoader([[1, 2]], [7], { batchSize: 1 }))).rejects.toThrow("label 7");
    expect(modes()).toEqual(before);
  });

  test("records no graph and brings no gradients", async () => {
    const model = network(2);
    const recorded: boolean[] = [];
    const loss = (y: Variable, target: Tensor) => {
      recorded.push(y.requiresGrad);
      return crossEntropy(y, target);
    };
    await evaluate(model, toyLoader([[1, 2]], [0], { batchSize: 1 }), { loss });
    expect(recorded).toEqual([false]);
    expect(model.parameters().every(({ grad }) => grad === undefined)).toBe(true);
  });

  test("takes another loss", async () => {
    const loss = (y: Variable) => sum(y);
    const result = await evaluate(
      new Identity(),
      toyLoader(
        [
          [1, 2],
          [3, 4],
        ],
        [0, 0],
        { batchSize: 1 },
      ),
      { loss },
    );
    expect(result.loss).toBe((3 + 7) / 2);
  });

  test("refuses unknown options", async () => {
    const options = { batchSize: 3 } as never;
    await expect(
      evaluate(new Identity(), toyLoader([[1, 2]], [0], { batchSize: 1 }), options),
    ).rejects.toThrowErrorMatchingInlineSnapshot(`[TypeError: evaluate: unknown option batchSize. It takes loss.]`);
  });

  test("a layer that was in use stays in use when its model was in training", async () => {
    const frozen = network(3).eval();
    const model = new Sequential(frozen);
    expect([model.training, frozen.training]).toEqual([true, false]);
    await evaluate(model, toyLoader([[1, 2]], [0], { batchSize: 1 }));
    expect([model.training, frozen.training]).toEqual([true, false]);
  });

  test("a model may be trained, and evaluated by others, between two batches: neither changes the other", async () => {
    const { rows, labels } = clouds(12, 1);
    const batchesOf = () => toyLoader(rows, labels, { batchSize: 2 });
    const losses = async (look: (model: Module) => void) => {
      const model = new Sequential(network(2), new Dropout(0.5, { random: createRandom(3) }));
      const seen: number[] = [];
      const optimizer = new SGD(model.parameters());
      for await (const { loss } of fit(model, batchesOf(), { optimizer, epochs: 2 })) {
        seen.push(loss);
        look(model);
      }
      return seen;
    };
    const evaluations: Promise<Evaluation>[] = [];
    const watched = await losses((model) => void evaluations.push(evaluate(model, batchesOf())));
    expect(watched).toEqual(await losses(() => {}));
    await Promise.all(evaluations);
    const model = network(2);
    await Promise.all([4, 1].map((batchSize) => evaluate(model, toyLoader(rows, labels, { batchSize }))));
    expect(model.training).toBe(true);
  });

  test("labels of pixels: the loss is that of the batch, not divided by the pixels of an image", async () => {
    const batch = { x: zeros([1, 2, 2, 2]), y: tensor(Int32Array.of(0, 1, 1, 0), [1, 2, 2]) };
    expect((await evaluate(new Identity(), batches(batch))).loss).toBeCloseTo(Math.log(2), 6);
  });

  test("a batch of a million labels does not overflow the stack", async () => {
    const n = 1_000_000;
    const batch = { x: zeros([n, 2]), y: zeros([n], { dtype: "int32" }) };
    expect((await evaluate(new Identity(), batches(batch), { loss: (y) => sum(y) })).accuracy).toBe(1);
  });
});
