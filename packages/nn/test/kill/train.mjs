// Trains a small convolutional network, with a checkpoint after every step that also holds the curve so far. Started
// again, it goes on from the file. `node train.mjs FILE`; it says a line after each step, for those who want to kill it.

import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRandom, flip, tensor } from "@conv/core";
import {
  BatchNorm2d,
  Conv2d,
  CosineLR,
  Dropout,
  earlyStopping,
  Flatten,
  fit,
  Linear,
  MaxPool2d,
  manualSeed,
  ReduceLROnPlateau,
  ReLU,
  restore,
  Sequential,
  SGD,
  safetensorsMetadata,
  WarmupLR,
} from "@conv/nn";
import { loadCheckpoint, saveCheckpoint } from "@conv/nn/node";

const [path] = process.argv.slice(2);
const EXAMPLES = 40;
const BATCH = 4;
const EPOCHS = 16;

const data = createRandom(1).normal([EXAMPLES, 1, 8, 8]).dataSync();
const labels = Int32Array.from({ length: EXAMPLES }, (_, i) => i % 3);

/** Shuffled and augmented: a pass draws its order and a child generator; batch i flips what the i-th child of that says. */
function loaderOf(random) {
  const length = EXAMPLES / BATCH;
  async function* batches({ skip = 0 } = {}) {
    const order = random.permutation(EXAMPLES).dataSync();
    const flips = random.split().uniform([length]).dataSync();
    for (let at = skip; at < length; at++) {
      const picked = [...order.subarray(at * BATCH, (at + 1) * BATCH)];
      const x = tensor(Float32Array.from(picked.flatMap((i) => [...data.subarray(i * 64, i * 64 + 64)])), [
        BATCH,
        1,
        8,
        8,
      ]);
      yield { x: flips[at] < 0.5 ? flip(x, -1) : x, y: tensor(Int32Array.from(picked, (i) => labels[i])) };
    }
  }
  return { length, random, batches, [Symbol.asyncIterator]: () => batches() };
}

manualSeed(2);
const model = new Sequential(
  new Conv2d(1, 6, 3, { padding: 1 }),
  new BatchNorm2d(6),
  new ReLU(),
  new MaxPool2d(2),
  new Flatten(),
  new Dropout(0.3, { random: createRandom(3) }),
  new Linear(6 * 4 * 4, 64),
  new ReLU(),
  new Linear(64, 3),
);
const [kernels, ...others] = model.parameters();
const optimizer = new SGD([{ params: [kernels], lr: 0.02, weightDecay: 0.01 }, { params: others }], {
  lr: 0.05,
  momentum: 0.9,
});
const after = new CosineLR(optimizer, { tMax: 150, every: "step" });
const schedule = [
  new WarmupLR(optimizer, { totalIters: 12, after }),
  new ReduceLROnPlateau(optimizer, { patience: 1, factor: 0.7 }),
];
const stopping = earlyStopping({ patience: 99, restoreBest: true });

let curve = [];
const save = async (step, run) => {
  curve.push([step.epoch, step.step, step.loss, step.accuracy, step.gradNorm, step.learningRate]);
  await saveCheckpoint(path, run, { curve: JSON.stringify(curve) });
  process.stdout.write(`${curve.length}\n`);
};
const callbacks = [stopping, save];
let from;
if (existsSync(path)) {
  const checkpoint = await loadCheckpoint(path);
  restore({ model, optimizer, schedule, callbacks }, checkpoint);
  curve = JSON.parse(safetensorsMetadata(await readFile(path)).curve);
  from = checkpoint.position;
}
const loader = loaderOf(createRandom(4));
const run = fit(model, loader, { optimizer, epochs: EPOCHS, schedule, clipNorm: 2, from, callbacks });
for await (const _ of run);
process.stdout.write(`${run.ended}\n`);
