import { createRandom, type Tensor, tensor } from "@conv/core";
import { describe, expect, test } from "vitest";
import { clouds, lossesOf, network, stepsOf } from "../../test/runs.js";
import { toyLoader } from "../../test/toyLoader.js";
import {
  Adam,
  Dropout,
  earlyStopping,
  type FitStep,
  FormatError,
  fit,
  fromCheckpoint,
  fromSafetensors,
  Linear,
  type Optimizer,
  ReduceLROnPlateau,
  restore,
  Sequential,
  SGD,
  StepLR,
  safetensorsMetadata,
  toCheckpoint,
  toSafetensors,
} from "../index.js";

const { rows, labels } = clouds(10, 1);
const loader = (seed: number) => toyLoader(rows, labels, { batchSize: 4, random: createRandom(seed) });
const weights = (model: Sequential) => model.parameters().map((p) => [...p.dataSync()]);
const numbers = (state: Readonly<Record<string, Tensor>>) =>
  Object.keys(state)
    .sort()
    .map((name) => [name, [...state[name].dataSync()]]);

const optimizers: Record<string, (model: Sequential) => Optimizer> = {
  "SGD with momentum": (model) => new SGD(model.parameters(), { lr: 0.1, momentum: 0.9, dampening: 0.2 }),
  "Adam with amsgrad": (model) => new Adam(model.parameters(), { lr: 0.05, amsgrad: true }),
};

const EPOCHS = 2;
const STEPS = 3 * EPOCHS;

/** Runs to a step and leaves; the learning rate shrinks on the way. */
async function runTo(stop: number, model: Sequential, optimizer: Optimizer): Promise<[FitStep[], Uint8Array]> {
  const steps: FitStep[] = [];
  for await (const step of fit(model, loader(20), { optimizer, epochs: EPOCHS })) {
    steps.push(step);
    optimizer.lr *= 0.9;
    if (steps.length === stop) return [steps, toCheckpoint({ model, optimizer, position: step.position })];
  }
  throw new Error(`the run has no step ${stop}`);
}

describe.each(Object.keys(optimizers))("a run with dropout, shuffling and %s", (name) => {
  const start = (seed: number) => {
    const model = network(seed);
    return { model, optimizer: optimizers[name](model) };
  };

  /** From a checkpoint to the end, in a model and a loader that know nothing of the run. */
  async function goOn(bytes: Uint8Array, epochs = EPOCHS): Promise<{ losses: number[]; weights: number[][] }> {
    const { model, optimizer } = start(99);
    const checkpoint = fromCheckpoint(bytes);
    restore({ model, optimizer }, checkpoint);
    const losses: number[] = [];
    for await (const { loss } of fit(model, loader(77), { optimizer, epochs, from: checkpoint.position })) {
      losses.push(loss);
      optimizer.lr *= 0.9;
    }
    return { losses, weights: weights(model) };
  }

  test.each(Array.from({ length: STEPS }, (_, i) => i + 1))(
    "interrupted after step %i, it goes on bit for bit as if it had not been",
    async (stop) => {
      const whole = start(10);
      const [steps] = await runTo(STEPS, whole.model, whole.optimizer);
      const part = start(10);
      const [before, bytes] = await runTo(stop, part.model, part.optimizer);
      const after = await goOn(bytes);
      expect([...lossesOf(before), ...after.losses]).toEqual(lossesOf(steps));
      expect(after.weights).toEqual(weights(whole.model));
    },
  );

  test("a finished run goes on for more epochs", async () => {
    const finished = start(10);
    const [, bytes] = await runTo(STEPS, finished.model, finished.optimizer);
    expect((await goOn(bytes)).losses).toEqual([]);
    expect((await goOn(bytes, EPOCHS + 1)).losses).toHaveLength(3);
  });

  test("what a checkpoint holds counts: without any one part the curve is another", async () => {
    const { model, optimizer } = start(10);
    const [, bytes] = await runTo(2, model, optimizer);
    const { losses } = await goOn(bytes);
    const checkpoint = fromCheckpoint(bytes);
    const changed = [
      { ...checkpoint, model: start(99).model.stateDict() },
      { ...checkpoint, optimizer: start(99).optimizer.stateDict() },
      { ...checkpoint, learningRate: 0.01 },
      { ...checkpoint, random: [createRandom(1).state] },
      { ...checkpoint, position: { ...checkpoint.position, random: createRandom(1).state } },
      { ...checkpoint, position: { ...checkpoint.position, step: 1 } },
    ];
    for (const other of changed) {
      const fresh = start(99);
      restore(fresh, other);
      const run = fit(fresh.model, loader(77), { optimizer: fresh.optimizer, epochs: EPOCHS, from: other.position });
      expect(lossesOf(await stepsOf(run))).not.toEqual(losses);
    }
  });
});

describe("toCheckpoint and fromCheckpoint", () => {
  const run = () => {
    const model = new Sequential(new Linear(2, 1), new Dropout(0.5, { random: createRandom(4) }));
    return { model, optimizer: new Adam(model.parameters(), { lr: 0.25 }), position: { epoch: 3, step: 1 } };
  };

  test("by hand: weights, optimizer, learning rate, generators and position come back", () => {
    const { model, optimizer, position } = run();
    const checkpoint = fromCheckpoint(toCheckpoint({ model, optimizer, position }));
    expect(numbers(checkpoint.model)).toEqual(numbers(model.stateDict()));
    expect(Object.fromEntries(numbers(checkpoint.optimizer))).toEqual({
      "0.step": [0],
      "1.step": [0],
      "groups.0.lr": [0.25],
      "groups.0.betas": [0.9, 0.999],
      "groups.0.eps": [1e-8],
      "groups.0.weightDecay": [0],
    });
    expect(checkpoint).toMatchObject({ position, learningRate: 0.25, random: [createRandom(4).state] });
  });

  test("a field named random that is no generator is no part of it", () => {
    const { model, ...rest } = run();
    const named = Object.assign(model, { random: 7 });
    expect(fromCheckpoint(toCheckpoint({ model: named, ...rest })).random).toEqual([createRandom(4).state]);
  });

  test("the file is a safetensors file whose names say what is what, with room for strings of one's own", () => {
    const bytes = toCheckpoint(run(), { note: "before lunch", format: "mine" });
    expect(Object.keys(fromSafetensors(bytes)).sort()).toEqual([
      "model.0.bias",
      "model.0.weight",
      "optimizer.0.step",
      "optimizer.1.step",
      "optimizer.groups.0.betas",
      "optimizer.groups.0.eps",
      "optimizer.groups.0.lr",
      "optimizer.groups.0.weightDecay",
    ]);
    expect(safetensorsMetadata(bytes)).toMatchObject({ note: "before lunch", format: "@conv/nn checkpoint 1" });
  });

  test("writing one changes nothing in the run", () => {
    const { model, optimizer, position } = run();
    const { random } = model.layers[1] as Dropout;
    const before = random.state;
    toCheckpoint({ model, optimizer, position });
    expect(random.state).toEqual(before);
  });

  test("a foreign safetensors file is refused, and so is what is none", () => {
    const foreign = toSafetensors({ weight: tensor([1]) });
    expect(() => fromCheckpoint(foreign)).toThrowErrorMatchingInlineSnapshot(
      `[FormatError: fromCheckpoint: the file holds tensors, but no training run. Load it with fromSafetensors.]`,
    );
    expect(() => fromCheckpoint(toSafetensors({}, { format: "pt" }))).toThrow(FormatError);
    expect(() => fromCheckpoint(Uint8Array.of(1, 2, 3))).toThrowErrorMatchingInlineSnapshot(
      `[FormatError: fromSafetensors: these 3 bytes are no safetensors file, or a truncated one: there is no header.]`,
    );
  });

  test("another model is refused and left as it was", () => {
    const checkpoint = fromCheckpoint(toCheckpoint(run()));
    const other = new Sequential(new Linear(3, 1));
    const before = weights(other);
    const optimizer = new Adam(other.parameters());
    expect(() => restore({ model: other, optimizer }, checkpoint)).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: loadStateDict: 0.weight has shape [1, 2], but this model's is [1, 3]. Build the model it was saved from.]`,
    );
    const deeper = new Sequential(new Linear(2, 1), new Linear(1, 1));
    expect(() =>
      restore({ model: deeper, optimizer: new Adam(deeper.parameters()) }, checkpoint),
    ).toThrowErrorMatchingInlineSnapshot(
      `[Error: loadStateDict: the state lacks 1.weight, 1.bias. Build the model it was saved from, or pass { strict: false }.]`,
    );
    expect([weights(other), optimizer.lr]).toEqual([before, 0.001]);
  });

  test("a checkpoint whose position is missing or damaged is refused as a FormatError", () => {
    const metadata = { format: "@conv/nn checkpoint 1", position: "{", learningRate: "1", random: "[]" };
    expect(() => fromCheckpoint(toSafetensors({}, metadata))).toThrow(FormatError);
    expect(() => fromCheckpoint(toSafetensors({}, { format: "@conv/nn checkpoint 1" }))).toThrow(FormatError);
  });

  test("restore changes nothing when the optimizer does not fit", () => {
    const { model, optimizer, position } = run();
    const checkpoint = fromCheckpoint(toCheckpoint({ model, optimizer, position }));
    const fresh = run().model;
    const before = weights(fresh);
    const other = new Adam(fresh.parameters().slice(0, 1));
    expect(() => restore({ model: fresh, optimizer: other }, checkpoint)).toThrow();
    expect(weights(fresh)).toEqual(before);
  });

  test("a checkpoint with another number of generators than the model is refused", () => {
    const checkpoint = fromCheckpoint(toCheckpoint(run()));
    const model = new Sequential(new Linear(2, 1)); // the dropout is gone
    expect(() => restore({ model, optimizer: new Adam(model.parameters()) }, checkpoint)).toThrow(/generator|random/);
  });
});

describe("what a checkpoint says beside its tensors", () => {
  const make = () => {
    const model = new Sequential(new Linear(2, 1));
    const optimizer = new SGD(
      model.parameters().map((p) => ({ params: [p] })),
      { lr: 1 },
    );
    return { model, optimizer };
  };
  const withAll = () => {
    const run = make();
    const schedule = [new StepLR(run.optimizer, { stepSize: 1 }), new ReduceLROnPlateau(run.optimizer)];
    return { ...run, schedule, callbacks: [() => undefined, earlyStopping()] };
  };

  test("groups, schedules and callbacks come back", () => {
    const run = withAll();
    run.optimizer.groups[1].momentum = 0.5;
    for (const schedule of run.schedule) schedule.step(3);
    const checkpoint = fromCheckpoint(toCheckpoint({ ...run, position: { epoch: 1, step: 0 } }));
    expect(checkpoint.schedules).toEqual(run.schedule.map((schedule) => schedule.stateDict()));
    expect(checkpoint.callbacks).toHaveLength(1);
    const fresh = withAll();
    restore(fresh, checkpoint);
    expect(fresh.schedule.map((schedule) => schedule.stateDict())).toEqual(checkpoint.schedules);
    expect(fresh.optimizer.groups.map(({ lr, momentum }) => [lr, momentum])).toEqual([
      [0.1, 0],
      [0.1, 0.5],
    ]);
  });

  test("a position with numbers that are none comes back too", () => {
    const sums = { loss: Number.NaN, examples: 4, correct: Number.NaN, labels: 8 };
    const last = { loss: Number.NEGATIVE_INFINITY, accuracy: 0.5, gradNorm: Infinity, examples: 4, learningRate: 0.1 };
    const position = { epoch: 1, step: 2, random: createRandom(3).state, sums, last };
    expect(fromCheckpoint(toCheckpoint({ ...make(), position })).position).toEqual(position);
  });

  test("a run with other schedules or callbacks than the checkpoint is refused, and left as it was", () => {
    const position = { epoch: 0, step: 0 };
    const [bare, full] = [make(), withAll()].map((run) => fromCheckpoint(toCheckpoint({ ...run, position })));
    const run = withAll();
    run.optimizer.lr = 0.125;
    run.schedule[0].step(0);
    const look = () => JSON.stringify([run.schedule[0].stateDict(), run.optimizer.lr, weights(run.model)]);
    const before = look();
    expect(() => restore(make(), full)).toThrowErrorMatchingInlineSnapshot(
      `[Error: restore: the checkpoint has 2 schedules, but this run has 0. Pass { schedule } as it was in that run, or without.]`,
    );
    expect(() => restore(run, bare)).toThrowErrorMatchingInlineSnapshot(
      `[Error: restore: the checkpoint has 0 schedules, but this run has 2. Pass { schedule } as it was in that run, or without.]`,
    );
    expect(() => restore({ ...run, callbacks: [] }, full)).toThrowErrorMatchingInlineSnapshot(
      `[Error: restore: the checkpoint has 1 callback, but this run has 0. Pass { callbacks } as they were in that run; functions do not count.]`,
    );
    const swapped = { ...full, schedules: [...full.schedules].reverse() };
    expect(() => restore(run, swapped)).toThrow("the state is that of a ReduceLROnPlateau, not of StepLR");
    const later = { ...full, callbacks: [{ callback: "mine" }] };
    expect(() => restore(run, later)).toThrow("no state of earlyStopping");
    expect(look()).toBe(before);
  });

  test("an old checkpoint, without groups, schedules and callbacks, is read", () => {
    const { model, optimizer } = make();
    const bytes = toCheckpoint({ model, optimizer, position: { epoch: 1, step: 0 } });
    const { schedules: _, callbacks: __, ...metadata } = safetensorsMetadata(bytes);
    const tensors = Object.entries(fromSafetensors(bytes)).filter(([name]) => !name.includes("groups"));
    const old = fromCheckpoint(toSafetensors(Object.fromEntries(tensors), { ...metadata, learningRate: "0.5" }));
    restore({ model, optimizer }, old);
    expect(optimizer.groups.map(({ lr }) => lr)).toEqual([0.5, 0.5]);
  });

  test.each([
    ["position", '{"epoch":1}'],
    ["position", '{"epoch":1,"step":-1}'],
    ["position", '{"epoch":1,"step":0,"random":{"key":1}}'],
    ["position", '{"epoch":1,"step":0,"sums":{"loss":"much"}}'],
    ["position", "null"],
    ["learningRate", '"fast"'],
    ["learningRate", "-1"],
    ["random", "{}"],
    ["random", "[1]"],
    ["schedules", "[1]"],
    ["schedules", "[{]"],
    ["callbacks", "{}"],
  ])("a damaged %s, %s, is a FormatError that names it", (name, text) => {
    const bytes = toCheckpoint({ ...withAll(), position: { epoch: 1, step: 0 } });
    const damaged = toSafetensors(fromSafetensors(bytes), { ...safetensorsMetadata(bytes), [name]: text });
    expect(() => fromCheckpoint(damaged)).toThrow(FormatError);
    expect(() => fromCheckpoint(damaged)).toThrow(`fromCheckpoint: the ${name} in the file's metadata is damaged`);
  });
});
