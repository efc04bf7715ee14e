import { cpu, createRandom, type Device, tensor } from "@conv/core";
import { remoteDevice } from "@tooling/remote";
import {
  Adam,
  BatchNorm2d,
  type Callback,
  Conv2d,
  CosineLR,
  Dropout,
  type FitRun,
  type FitStep,
  Flatten,
  fit,
  Linear,
  type Loader,
  MaxPool2d,
  type Module,
  type Optimizer,
  type Position,
  ReLU,
  Sequential,
  stateToCpu,
} from "../src/index.js";
import { numbers } from "./norms.js";

// Everything that trains must do so on a device like a GPU, which cannot be read at once, has no float64, and has no garbage
// collector: with the cpu's kernels it computes the cpu's numbers, and what is not given back stays in its memory.

export const EPOCHS = 2;
export const STEPS = 3;

export const remote = () => remoteDevice("remote", { float64: false });

/** Images of 8 × 8 pixels and their labels on the cpu, in batches that are made anew and given back. */
export const loader = (seed = 50, device: Device = cpu): Loader => {
  async function* batches({ skip = 0 } = {}) {
    for (let i = skip; i < STEPS; i++) {
      const x = createRandom(seed + i).normal([4, 1, 8, 8], { device });
      const y = tensor(Int32Array.of(i % 3, 1, 2, 0), [4], { device });
      yield { x, y, dispose: () => [x, y].forEach((each) => void each.dispose()) };
    }
  }
  return { length: STEPS, batches, [Symbol.asyncIterator]: () => batches() };
};

/** LeNet in small. */
export function network(seed = 1): Sequential {
  const random = createRandom(seed);
  return new Sequential(
    new Conv2d(1, 4, 3, { padding: 1, random }),
    new BatchNorm2d(4),
    new ReLU(),
    new MaxPool2d(2),
    new Conv2d(4, 6, 3, { random }),
    new BatchNorm2d(6, { momentum: null }),
    new ReLU(),
    new Dropout(0.3, { random: random.split() }),
    new Flatten(),
    new Linear(24, 3, { random }),
  );
}
/** Weights and biases of five layers; mean, variance and count of two norms. */
export const [PARAMETERS, BUFFERS] = [10, 6];

export type Make = (model: Module) => Optimizer;
export const adam: Make = (model) => new Adam(model.parameters(), { lr: 0.02 });

/** A run of so many epochs, from nothing. */
export function begin(device: Device, { optimizerOf = adam, seed = 1, callbacks = [] as readonly Callback[] } = {}) {
  const model = network(seed).to(device);
  const optimizer = optimizerOf(model);
  const schedule = new CosineLR(optimizer, { tMax: EPOCHS * STEPS, every: "step" });
  return { model, optimizer, schedule, callbacks, clipNorm: 1, epochs: EPOCHS, validate: loader(90) };
}
export type Begun = ReturnType<typeof begin>;

/** What a step tells, but for its time and place. */
const plain = ({ loss, accuracy, gradNorm, learningRate, training, validation }: FitStep) => ({
  ...{ loss, accuracy, gradNorm, learningRate, training, validation },
});

/** A run's steps. */
export const start = ({ model, ...options }: Begun, from?: Position): FitRun =>
  fit(model, loader(), { ...options, ...(from && { from }) });

/** What every step of a run tells. */
export async function stepsOf(run: Begun, from?: Position, after: () => void = () => {}) {
  const steps: ReturnType<typeof plain>[] = [];
  for await (const step of start(run, from)) {
    steps.push(plain(step));
    after();
  }
  return steps;
}

/** The tensors of a model and its optimizer, as numbers. */
export const stateOf = async ({ model, optimizer }: { readonly model: Module; readonly optimizer: Optimizer }) => {
  const state = { ...model.snapshot(), ...optimizer.snapshot() };
  const here = Object.entries(await stateToCpu(state)).map(([name, x]) => [name, numbers(x)] as const);
  for (const x of Object.values(state)) x.dispose();
  return Object.fromEntries(here);
};

export const expected = await (async () => {
  const run = begin(cpu);
  return { steps: await stepsOf(run), state: await stateOf(run) };
})();
