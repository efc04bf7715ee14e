import { cpu, createRandom, type Device, type Tensor, tensor } from "@conv/core";
import {
  Adam,
  BatchNorm2d,
  Conv2d,
  Dropout,
  Flatten,
  fit,
  Linear,
  type Loader,
  MaxPool2d,
  type Module,
  type Optimizer,
  ReLU,
  Sequential,
  stateToCpu,
} from "@conv/nn";

// A network with a bit of everything, its data, and a training of it.

const STEPS = 3;

export const numbers = (x: Tensor): number[] => [...x.dataSync()];

/** Images of 8 × 8 pixels and their labels. */
export const loader = (seed = 50): Loader => {
  async function* batches({ skip = 0 } = {}) {
    for (let i = skip; i < STEPS; i++) {
      const x = createRandom(seed + i).normal([4, 1, 8, 8]);
      yield { x, y: tensor(Int32Array.of(i % 3, 1, 2, 0)) };
    }
  }
  return { length: STEPS, batches, [Symbol.asyncIterator]: () => batches() };
};

export function network(): Sequential {
  const random = createRandom(1);
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

export type Make = (model: Module) => Optimizer;
export const adam: Make = (model) => new Adam(model.parameters(), { lr: 0.02 });

/** The network on a device, and its optimizer. */
export function begin(device: Device, optimizerOf = adam) {
  const model = network().to(device);
  return { model, optimizer: optimizerOf(model), clipNorm: 1 };
}
type Begun = ReturnType<typeof begin>;

/** Trains two epochs, each with an evaluation, and returns the losses. */
export async function train({ model, ...options }: Begun, after: () => void = () => {}): Promise<number[]> {
  const losses: number[] = [];
  for await (const { loss } of fit(model, loader(), { ...options, epochs: 2, validate: loader(90) })) {
    losses.push(loss);
    after();
  }
  return losses;
}

/** The tensors of a model and its optimizer, as numbers. */
export async function stateOf({ model, optimizer }: Begun): Promise<Record<string, number[]>> {
  const state = { ...model.snapshot(), ...optimizer.snapshot() };
  const here = Object.entries(await stateToCpu(state)).map(([name, x]) => [name, numbers(x)] as const);
  for (const x of Object.values(state)) x.dispose();
  return Object.fromEntries(here);
}

/** What a training on the cpu comes to. */
export const onCpu = (): Promise<number[]> => train(begin(cpu));
