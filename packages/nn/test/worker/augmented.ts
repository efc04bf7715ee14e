import { createRandom, tensor } from "@conv/core";
import { DataLoader, normalize, randomCrop, randomFlip, randomRotate, type Transform, tensorDataset } from "@conv/data";
import {
  AdamW,
  BatchNorm2d,
  bestCheckpoint,
  Conv2d,
  CosineLR,
  Dropout,
  earlyStopping,
  Flatten,
  Linear,
  type Optimizer,
  ReduceLROnPlateau,
  ReLU,
  RMSprop,
  type Schedule,
  Sequential,
  SGD,
  StepLR,
  WarmupLR,
} from "../../src/index.js";

/** A training of images with shuffled, augmented batches: plain data, so that it can go to a worker. */
export interface Augmented {
  /** Everything random. */
  readonly seed: number;
  readonly batchSize: number;
  readonly dropLast: boolean;
  readonly prefetch: number;
  /** Whether examples arrive later. */
  readonly waits: boolean;
  readonly optimizer: keyof typeof OPTIMIZERS;
  readonly schedule: keyof typeof SCHEDULES;
  /** What validates: nothing; test images in order; such as are shuffled and augmented themselves; the training's loader. */
  readonly validates: "not" | "plainly" | "augmented" | "training";
  /** Whether dropout draws from the generator that the loader draws from. */
  readonly shares: boolean;
  readonly patience: number;
}

export const OPTIMIZERS = {
  sgd: (groups: never) => new SGD(groups, { lr: 0.05, momentum: 0.9 }),
  adamW: (groups: never) => new AdamW(groups, { lr: 0.02, amsgrad: true }),
  rmsprop: (groups: never) => new RMSprop(groups, { lr: 0.02, momentum: 0.4, centered: true }),
};

export const SCHEDULES = {
  none: (): Schedule[] => [],
  step: (o: Optimizer, steps: number): Schedule[] => [new CosineLR(o, { tMax: steps, every: "step" })],
  epoch: (o: Optimizer): Schedule[] => [new StepLR(o, { stepSize: 1, gamma: 0.5 })],
  plateau: (o: Optimizer): Schedule[] => [
    new WarmupLR(o, { totalIters: 3, after: new ReduceLROnPlateau(o, { patience: 0 }) }),
  ],
};

const EXAMPLES = 14;
const EPOCHS = 2;

/** What `fit` is called with. */
export function augmentedCall(given: Augmented) {
  const { batchSize, dropLast, prefetch } = given;
  const random = createRandom(given.seed);
  const model = new Sequential(
    new Conv2d(1, 2, 3, { random }),
    new BatchNorm2d(2),
    new ReLU(),
    new Flatten(),
    new Dropout(0.2, { random: given.shares ? random : random.split() }),
    new Linear(32, 3, { random }),
  );
  const [kernels, ...others] = model.parameters();
  const optimizer: Optimizer = OPTIMIZERS[given.optimizer]([
    { params: [kernels], weightDecay: 0.1 },
    { params: others, lr: 0.03 },
  ] as never);
  const data = datasetOf(1);
  const later = { ...data, get: (indices: ArrayLike<number>) => Promise.resolve(data.get(indices)) };
  const transform: Transform[] = [randomFlip(), randomCrop(6, { padding: 1 }), randomRotate(20), normalize(0.5, 0.5)];
  const draws = given.shares ? random : random.split();
  const loader = new DataLoader(given.waits ? later : data, {
    ...{ batchSize, dropLast, prefetch, transform },
    ...{ shuffle: true, random: draws },
  });
  const plainly = new DataLoader(datasetOf(2), { batchSize: 5, transform: normalize(0.5, 0.5) });
  const augmented = new DataLoader(datasetOf(2), { batchSize: 5, shuffle: true, random: random.split(), transform });
  const validate = { not: undefined, plainly, augmented, training: loader }[given.validates];
  const schedule = SCHEDULES[given.schedule](optimizer, EPOCHS * loader.length);
  const callbacks = [earlyStopping({ patience: given.patience, restoreBest: true }), bestCheckpoint()];
  return { model, loader, optimizer, schedule, callbacks, clipNorm: 1, epochs: EPOCHS, ...(validate && { validate }) };
}

const datasetOf = (seed: number) =>
  tensorDataset(
    createRandom(seed).uniform([EXAMPLES, 1, 6, 6]),
    tensor(Int32Array.from({ length: EXAMPLES }, (_, i) => i % 3)),
  );
