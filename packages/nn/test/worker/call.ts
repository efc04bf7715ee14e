import { createRandom, tensor } from "@conv/core";
import { Adam, Conv2d, Flatten, Linear, ReLU, Sequential, SGD } from "../../src/index.js";
import type { FitCall } from "../../src/worker.js";
import { clouds, network } from "../runs.js";
import { toyLoader } from "../toyLoader.js";

/** Steps in an epoch of the call. */
export const STEPS = 12;

/** What the tests train, on the main thread and in workers: 12 steps an epoch. */
export function callOf({ seed, epochs = 2 }: { readonly seed: number; readonly epochs?: number }): FitCall {
  const { rows, labels } = clouds(4 * STEPS, 5);
  const model = network(seed);
  return {
    model,
    loader: toyLoader(rows, labels, { batchSize: 4, random: createRandom(seed) }),
    validate: toyLoader(rows.slice(0, 8), labels.slice(0, 8), { batchSize: 8 }),
    optimizer: new Adam(model.parameters(), { lr: 0.02 }),
    epochs,
  };
}

/** A training whose steps take some tens of milliseconds: images of 28 × 28 pixels. */
export function imagesCall(): FitCall {
  const random = createRandom(1);
  const batch = { x: random.normal([64, 1, 28, 28]), y: tensor(Int32Array.from({ length: 64 }, (_, i) => i % 10)) };
  const model = new Sequential(
    new Conv2d(1, 16, 5, { padding: 2, random }),
    new ReLU(),
    new Conv2d(16, 32, 5, { padding: 2, random }),
    new ReLU(),
    new Flatten(),
    new Linear(32 * 28 * 28, 10, { random }),
  );
  const loader = {
    length: 10,
    async *[Symbol.asyncIterator]() {
      for (let i = 0; i < 10; i++) yield batch;
    },
  };
  return { model, loader, optimizer: new SGD(model.parameters(), { lr: 0.01 }), epochs: 1 };
}
