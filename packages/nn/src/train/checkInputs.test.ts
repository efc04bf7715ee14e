import { createRandom, tensor } from "@conv/core";
import { expect, test } from "vitest";
import { stepsOf } from "../../test/runs.js";
import { toyLoader } from "../../test/toyLoader.js";
import { bceWithLogitsLoss, evaluate, fit, Linear, type Loader, type Loss, SGD } from "../index.js";

const model = new Linear(2, 2);
const optimizer = new SGD(model.parameters());
const x = tensor([
  [1, 2],
  [3, 4],
]);
const y = tensor(Int32Array.of(0, 1));

/** A loader of whatever is given. */
const loaderOf = (...given: unknown[]) =>
  ({
    length: given.length,
    async *[Symbol.asyncIterator]() {
      yield* given;
    },
  }) as Loader;

/** What fit says. */
const said = (given: { readonly model?: unknown; readonly loader?: unknown; readonly [option: string]: unknown }) => {
  const { model: m = model, loader = loaderOf({ x, y }), ...options } = given;
  return stepsOf(fit(m as never, loader as never, { optimizer, epochs: 1, ...options })).then(
    () => "nothing",
    (error) => String(error),
  );
};

test("what is no model, no loader, no loss or no signal is refused with what it was", async () => {
  expect(await said({ model: () => x })).toMatchInlineSnapshot(
    `"TypeError: fit: the model must be a Module, got a function."`,
  );
  expect(await said({ loader: { length: 3 } })).toMatchInlineSnapshot(
    `"TypeError: fit: the loader must give batches, got an object. Pass new DataLoader(dataset, { batchSize: 32 })."`,
  );
  expect(await said({ validate: { length: 3 } })).toMatchInlineSnapshot(
    `"TypeError: fit: validate must give batches, got an object. Pass new DataLoader(dataset, { batchSize: 32 })."`,
  );
  expect(await said({ loss: "mse" })).toMatchInlineSnapshot(
    `"TypeError: fit: the loss must be a function of outputs and targets, got "mse". Pass { loss: crossEntropy }."`,
  );
  expect(await said({ signal: new AbortController() })).toMatchInlineSnapshot(
    `"TypeError: fit: the signal must be an AbortSignal, got an object. Pass controller.signal."`,
  );
  await expect(evaluate(model, undefined as never)).rejects.toThrow("evaluate: the loader must give batches");
  await expect(evaluate(model, loaderOf({ x, y }), { loss: 3 as never })).rejects.toThrow("evaluate: the loss must be");
});

test("pairs as Python's loaders give them are no batches, nor is nothing", async () => {
  expect(await said({ loader: loaderOf([x, y]) })).toMatchInlineSnapshot(
    `"TypeError: fit: a batch must be { x, y } with two tensors, got [a tensor [2, 2], a tensor [2]]."`,
  );
  expect(await said({ loader: loaderOf(undefined) })).toMatchInlineSnapshot(
    `"TypeError: fit: a batch must be { x, y } with two tensors, got undefined."`,
  );
  await expect(evaluate(model, loaderOf([x, y]))).rejects.toThrow("evaluate: a batch must be { x, y }");
});

test("an array of batches is a loader; batches that come again must come without their dispose", async () => {
  const again = [0, 1].map(() => ({ x: tensor(x.dataSync(), [2, 2]), y }));
  expect(await said({ loader: again, epochs: 3 })).toBe("nothing");
  const disposable = again.map((batch) => ({ ...batch, dispose: () => batch.x.dispose() }));
  expect(await said({ loader: disposable, epochs: 3 })).toMatchInlineSnapshot(
    `"TypeError: fit: the loader gave a batch again that had been given back after its first use. Give batches that are to be used again without their dispose: { x, y }."`,
  );
});

test("a single output has no class, so that there is no accuracy", async () => {
  const single = new Linear(2, 1);
  const loss: Loss = (outputs, { size }) =>
    bceWithLogitsLoss(outputs, tensor(Float32Array.from(y.dataSync()), [size, 1]));
  const [step] = await stepsOf(
    fit(single, loaderOf({ x, y }), { optimizer: new SGD(single.parameters()), loss, epochs: 1 }),
  );
  expect(step.accuracy).toBeNaN();
});

test("a loader without a generator does not go on where one with a generator stood", async () => {
  const from = { epoch: 0, step: 1, random: createRandom(1).state };
  const loader = toyLoader(
    [
      [1, 2],
      [3, 4],
    ],
    [0, 1],
    { batchSize: 1 },
  );
  expect(await said({ loader, from })).toMatchInlineSnapshot(
    `"TypeError: fit: the loader has no random, but the run's had one, which decided what its batches were. Use the loader it was begun with."`,
  );
});
