import { reshape } from "@conv/autograd";
import { createRandom } from "@conv/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  Adam,
  AdamW,
  BatchNorm2d,
  type Callback,
  Conv2d,
  CosineLR,
  Dropout,
  ExponentialLR,
  earlyStopping,
  type FitStep,
  Flatten,
  fit,
  fromCheckpoint,
  Linear,
  OneCycleLR,
  type Optimizer,
  ReduceLROnPlateau,
  ReLU,
  RMSprop,
  restore,
  type Schedule,
  Sequential,
  SGD,
  StepLR,
  toCheckpoint,
  WarmupLR,
} from "../src/index.js";
import { toyLoader } from "./toyLoader.js";

const EXAMPLES = 10;
const EPOCHS = 3;
const rows = Array.from({ length: EXAMPLES }, (_, i) => [...createRandom(i).normal([16]).dataSync()]);
const labels = rows.map((_, i) => i % 2);

/** Rows of 16 pixels as images. */
class Images extends Flatten {
  override forward(x: Parameters<Flatten["forward"]>[0]) {
    return reshape(x, [x.shape[0], 1, 4, 4]);
  }
}

const optimizers: readonly ((groups: never) => Optimizer)[] = [
  (groups) => new SGD(groups, { lr: 0.1, momentum: 0.9, nesterov: true }),
  (groups) => new Adam(groups, { lr: 0.02, amsgrad: true }),
  (groups) => new AdamW(groups, { lr: 0.02 }),
  (groups) => new RMSprop(groups, { lr: 0.02, momentum: 0.5, centered: true }),
];

const schedules: readonly ((optimizer: Optimizer, steps: number) => readonly Schedule[])[] = [
  () => [],
  (o) => [new StepLR(o, { stepSize: 1 })],
  (o, steps) => [new CosineLR(o, { tMax: steps, etaMin: 0.001, every: "step" }), new ExponentialLR(o, { gamma: 0.8 })],
  (o, steps) => [new OneCycleLR(o, { maxLr: 0.1, totalSteps: steps })],
  (o, steps) => [new WarmupLR(o, { after: new CosineLR(o, { tMax: steps, every: "step" }) })],
  (o) => [new WarmupLR(o, { totalIters: 2, after: new ReduceLROnPlateau(o, { patience: 0 }) })],
  (o) => [new ReduceLROnPlateau(o, { patience: 0, cooldown: 1, threshold: 0.2, every: "step" })],
];

const configuration = fc.record({
  optimizer: fc.nat(optimizers.length - 1),
  schedule: fc.nat(schedules.length - 1),
  batchSize: fc.integer({ min: 3, max: 5 }),
  clipNorm: fc.constantFrom(undefined, 0.5),
  validates: fc.boolean(),
  patience: fc.constantFrom(1, 99),
  seed: fc.nat(1000),
  stop: fc.nat(),
});
type Configuration = typeof configuration extends fc.Arbitrary<infer T> ? T : never;

/** A run from nothing; `seed` decides everything random in it. */
function begin(config: Configuration, seed: number) {
  const random = createRandom(seed);
  const model = new Sequential(
    new Images(),
    new Conv2d(1, 2, 3, { random }),
    new BatchNorm2d(2),
    new ReLU(),
    new Flatten(),
    new Dropout(0.2, { random: random.split() }),
    new Linear(8, 2, { random }),
  );
  const [first, ...others] = model.parameters();
  const groups = [
    { params: [first], weightDecay: 0.1 },
    { params: others, lr: 0.05 },
  ];
  const optimizer = optimizers[config.optimizer](groups as never);
  const loader = toyLoader(rows, labels, { batchSize: config.batchSize, random: random.split() });
  const schedule = schedules[config.schedule](optimizer, EPOCHS * loader.length);
  const callbacks: Callback[] = [earlyStopping({ patience: config.patience, restoreBest: true })];
  return { model, optimizer, schedule, callbacks, loader };
}
type Begun = ReturnType<typeof begin>;

function steps({ model, loader, ...run }: Begun, config: Configuration, from?: FitStep["position"]) {
  const validate = config.validates ? toyLoader(rows.slice(0, 4), labels, { batchSize: 3 }) : undefined;
  const options = { ...run, clipNorm: config.clipNorm, epochs: EPOCHS };
  return fit(model, loader, { ...options, ...(validate && { validate }), ...(from && { from }) });
}

const plain = ({ examplesPerSecond: _, ...step }: FitStep) => step;
const numbers = ({ model, optimizer }: Begun) =>
  [model.stateDict(), optimizer.stateDict()].map((state) =>
    Object.fromEntries(Object.entries(state).map(([name, x]) => [name, [...x.dataSync()]])),
  );

test("whatever the run, left at any step and resumed in a fresh one it is the one that was never left, bit for bit", async () => {
  await fc.assert(
    fc.asyncProperty(configuration, async (config) => {
      const whole = begin(config, config.seed);
      const files: Uint8Array[] = [];
      const expected: ReturnType<typeof plain>[] = [];
      for await (const step of steps(whole, config)) {
        expected.push(plain(step));
        files.push(toCheckpoint({ ...whole, position: step.position }));
      }
      const stop = config.stop % files.length;
      const checkpoint = fromCheckpoint(files[stop]);
      const fresh = begin(config, config.seed + 1);
      restore(fresh, checkpoint);
      const got: ReturnType<typeof plain>[] = [];
      for await (const step of steps(fresh, config, checkpoint.position)) got.push(plain(step));
      expect(got).toEqual(expected.slice(stop + 1));
      expect(numbers(fresh)).toEqual(numbers(whole));
    }),
    { seed: 11, numRuns: 60 },
  );
});
