import { variable } from "@conv/autograd";
import { cpu, createRandom, tensor } from "@conv/core";
import { counting } from "@tooling/devices";
import { describe, expect, test } from "vitest";
import { clouds, lossesOf, network, stepsOf } from "../../test/runs.js";
import { toyLoader } from "../../test/toyLoader.js";
import {
  Adam,
  type Batch,
  CosineLR,
  clipGradNorm,
  crossEntropy,
  evaluate,
  type FitStep,
  fit,
  type Loader,
  MultiStepLR,
  mseLoss,
  ReduceLROnPlateau,
  SGD,
  StepLR,
  WarmupLR,
} from "../index.js";

const { rows, labels } = clouds(10, 1);
/** 3 batches, of 4, 4 and 2 examples. */
const loader = (seed = 1) => toyLoader(rows, labels, { batchSize: 4, random: createRandom(seed) });
const start = () => {
  const model = network(1);
  return { model, optimizer: new SGD(model.parameters(), { lr: 0.5, momentum: 0.5 }) };
};
const weights = (model: ReturnType<typeof network>) => model.parameters().map((p) => [...p.dataSync()]);

/** A loader of given batches. */
const batchesOf = (...given: Batch[]): Loader => ({
  length: given.length,
  async *[Symbol.asyncIterator]() {
    yield* given;
  },
});

describe("schedules in fit", () => {
  test("by hand: once per epoch or once per step; learningRate is the one that the step used", async () => {
    const rates = async (every: "step" | "epoch") => {
      const { model, optimizer } = start();
      const schedule = new StepLR(optimizer, { stepSize: 1, gamma: 0.5, every });
      const steps = await stepsOf(fit(model, loader(), { optimizer, epochs: 2, schedule }));
      return [...steps.map(({ learningRate }) => learningRate), optimizer.lr];
    };
    expect(await rates("epoch")).toEqual([0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.125]);
    expect(await rates("step")).toEqual([0.5, 0.25, 0.125, 0.0625, 0.03125, 0.015625, 0.0078125]);
  });

  test("is the same as stepping by hand, bit for bit", async () => {
    const [auto, hand] = [start(), start()];
    const make = ({ optimizer }: typeof auto) => [
      new WarmupLR(optimizer, { totalIters: 4, after: new CosineLR(optimizer, { tMax: 5, every: "step" }) }),
      new MultiStepLR(optimizer, { milestones: [1, 2] }),
    ];
    const losses = lossesOf(
      await stepsOf(fit(auto.model, loader(), { optimizer: auto.optimizer, epochs: 3, schedule: make(auto) })),
    );
    const schedules = make(hand);
    const byHand: number[] = [];
    for await (const step of fit(hand.model, loader(), { optimizer: hand.optimizer, epochs: 3 })) {
      byHand.push(step.loss);
      schedules[0].step();
      if (step.step === step.steps) schedules[1].step();
    }
    expect(byHand).toEqual(losses);
    expect(weights(hand.model)).toEqual(weights(auto.model));
  });

  test("a plateau is that of the validation's loss, or without one of the epoch's mean training loss", async () => {
    for (const validate of [undefined, loader(3)]) {
      const { model, optimizer } = start();
      const seen: (number | undefined)[] = [];
      const schedule = new ReduceLROnPlateau(optimizer);
      const watched = Object.assign(Object.create(schedule), {
        every: "epoch",
        step: (metric?: number) => void seen.push(metric),
      });
      const steps = await stepsOf(
        fit(model, loader(), { optimizer, epochs: 2, schedule: watched, ...(validate && { validate }) }),
      );
      const last = steps.filter(({ step, steps: all }) => step === all);
      expect(seen).toEqual(last.map(({ validation, training }) => (validation ?? training)?.loss));
      const sum = steps.slice(0, 3).reduce((total, { loss, examples }) => total + loss * examples, 0);
      expect(last[0].training?.loss).toBeCloseTo(sum / 10, 12);
    }
  });

  test("one that watches the accuracy gets it; without labels there is none, and that is said", async () => {
    const { model, optimizer } = start();
    const schedule = new ReduceLROnPlateau(optimizer, { mode: "max", patience: 0 });
    const steps = await stepsOf(fit(model, loader(), { optimizer, epochs: 1, schedule, validate: loader() }));
    expect(schedule.stateDict().best).toBe(steps[2].validation?.accuracy);
    const regression = batchesOf({ x: tensor([[1, 2]]), y: tensor([[0.5, 1]]) });
    const run = fit(model, regression, { optimizer, loss: mseLoss, epochs: 1, schedule });
    await expect(stepsOf(run)).rejects.toThrowErrorMatchingInlineSnapshot(
      `[TypeError: fit: there is no accuracy, since the targets are no labels. Use { monitor: "loss" }.]`,
    );
  });

  test("of another optimizer are refused, and so is what is none", async () => {
    const { model, optimizer } = start();
    const first = (schedule: object) => fit(model, loader(), { optimizer, epochs: 1, schedule } as never).next();
    await expect(first(new StepLR(start().optimizer, { stepSize: 1 }))).rejects.toThrowErrorMatchingInlineSnapshot(
      `[TypeError: fit: the schedule changes another optimizer. Make it with the one that fit is given.]`,
    );
    await expect(first([{}])).rejects.toThrowErrorMatchingInlineSnapshot(
      `[TypeError: fit: a schedule must have step(), got an object. Pass new StepLR(optimizer, …).]`,
    );
  });
});

describe("gradients in fit", () => {
  test("gradNorm is their norm before clipping, and clipNorm the same as clipping by hand, bit for bit", async () => {
    const [auto, hand] = [start(), start()];
    const steps = await stepsOf(fit(auto.model, loader(), { optimizer: auto.optimizer, epochs: 2, clipNorm: 0.3 }));
    const norms: number[] = [];
    const random = createRandom(1);
    for (let epoch = 0; epoch < 2; epoch++) {
      for await (const { x, y } of toyLoader(rows, labels, { batchSize: 4, random })) {
        hand.optimizer.zeroGrad();
        crossEntropy(hand.model.forward(variable(x, { requiresGrad: false })), y).backward();
        norms.push(clipGradNorm(hand.model.parameters(), 0.3).item());
        hand.optimizer.step();
      }
    }
    expect(steps.map((step) => step.gradNorm)).toEqual(norms);
    expect(Math.max(...norms)).toBeGreaterThan(0.3);
    expect(weights(auto.model)).toEqual(weights(hand.model));
  });

  test("without clipNorm it is there too", async () => {
    const { model, optimizer } = start();
    const [step] = await stepsOf(fit(model, loader(), { optimizer, epochs: 1 }));
    expect(step.gradNorm).toBeGreaterThan(0);
    await expect(fit(model, loader(), { optimizer, epochs: 1, clipNorm: 0 }).next()).rejects.toThrow("clipNorm");
  });

  test("with clipping, a schedule and disposable batches no step leaves anything behind", async () => {
    const { device, live } = counting(cpu);
    const model = network(1).to(device);
    const optimizer = new Adam(model.parameters());
    const given = {
      length: 12,
      async *[Symbol.asyncIterator]() {
        for (let i = 0; i < 12; i++) {
          const x = tensor(rows.slice(0, 4)).to(device);
          const y = tensor(Int32Array.from(labels.slice(0, 4))).to(device);
          yield { x, y, dispose: () => [x, y].forEach((t) => void t.dispose()) };
        }
      },
    };
    const schedule = new CosineLR(optimizer, { tMax: 12, every: "step" });
    const sizes: number[] = [];
    for await (const _ of fit(model, given, { optimizer, epochs: 1, clipNorm: 0.1, schedule })) sizes.push(live.size);
    expect(sizes.slice(2)).toEqual(sizes.slice(2).map(() => sizes[1]));
  });
});

describe("what a loader gives", () => {
  const { x, y } = { x: tensor([[1, 2]]), y: tensor(Int32Array.of(0)) };
  const disposable = (log: string[], name: string): Batch => ({ x, y, dispose: () => void log.push(name) });

  test("is given back after use: after steps, validation, break, abort and errors, each batch once", async () => {
    const { model, optimizer } = start();
    const log: string[] = [];
    const data = batchesOf(disposable(log, "a"), disposable(log, "b"));
    await stepsOf(fit(model, data, { optimizer, epochs: 1, validate: batchesOf(disposable(log, "v")) }));
    expect(log.splice(0)).toEqual(["a", "b", "v"]);
    for await (const _ of fit(model, data, { optimizer, epochs: 1 })) break;
    expect(log.splice(0)).toEqual(["a"]);
    const controller = new AbortController();
    for await (const _ of fit(model, data, { optimizer, epochs: 1, signal: controller.signal })) controller.abort();
    expect(log.splice(0)).toEqual(["a", "b"]);
    const bad = () => {
      throw new Error("bad loss");
    };
    await expect(stepsOf(fit(model, data, { optimizer, epochs: 1, loss: bad }))).rejects.toThrow("bad loss");
    await expect(evaluate(model, data, { loss: bad })).rejects.toThrow("bad loss");
    expect(log).toEqual(["a", "a"]);
  });

  test("must be as many batches as its length says, and at least one", async () => {
    const { model, optimizer } = start();
    const run = (length: number) =>
      stepsOf(fit(model, { ...batchesOf({ x, y }, { x, y }), length }, { optimizer, epochs: 1 }));
    await expect(run(3)).rejects.toThrowErrorMatchingInlineSnapshot(
      `[RangeError: fit: the loader has the length 3, but gave 2 batches. Correct the length.]`,
    );
    await expect(run(1)).rejects.toThrowErrorMatchingInlineSnapshot(
      `[RangeError: fit: the loader gives more batches than its length, 1. Correct the length.]`,
    );
    await expect(run(0)).rejects.toThrowErrorMatchingInlineSnapshot(
      `[RangeError: fit: the loader must have at least one batch, but its length is 0.]`,
    );
    await expect(evaluate(model, batchesOf())).rejects.toThrowErrorMatchingInlineSnapshot(
      `[Error: evaluate: the loader gave no batches. Pass one with examples.]`,
    );
  });

  test("must have as many targets as examples", async () => {
    const { model, optimizer } = start();
    const data = batchesOf({ x, y: tensor(Int32Array.of(0, 1)) });
    await expect(stepsOf(fit(model, data, { optimizer, epochs: 1 }))).rejects.toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: fit: a batch has x [1, 2] and y [2], which are not as many examples.]`,
    );
    await expect(evaluate(model, data)).rejects.toThrow("evaluate: a batch has x [1, 2] and y [2]");
  });
});

describe("how a run ended", () => {
  const run = (more: object = {}) => {
    const { model, optimizer } = start();
    return fit(model, loader(), { optimizer, epochs: 2, ...more });
  };

  test("completed, stopped by a callback or by the loop, aborted; undefined before and after an error", async () => {
    const whole = run();
    expect(whole.ended).toBeUndefined();
    await stepsOf(whole);
    expect(whole.ended).toBe("completed");
    const stopped = run({ callbacks: [() => "stop"] });
    expect(await stepsOf(stopped)).toHaveLength(1);
    expect(stopped.ended).toBe("stopped");
    const left = run();
    for await (const _ of left) break;
    expect(left.ended).toBe("stopped");
    const aborted = run({ signal: AbortSignal.abort() });
    await stepsOf(aborted);
    expect(aborted.ended).toBe("aborted");
    const failed = run({ clipNorm: -1 });
    await expect(failed.next()).rejects.toThrow();
    expect(failed.ended).toBeUndefined();
  });

  test("is also what the generator returns", async () => {
    const generator = run({ epochs: 1 });
    for (let i = 0; i < 3; i++) expect((await generator.next()).done).toBe(false);
    expect(await generator.next()).toEqual({ done: true, value: "completed" });
  });

  test("a run that stands beyond its epochs, or beyond its loader, is refused; one that is complete ends at once", async () => {
    const complete = run({ from: { epoch: 2, step: 0 } });
    expect(await stepsOf(complete)).toEqual([]);
    expect(complete.ended).toBe("completed");
    await expect(run({ from: { epoch: 3, step: 0 } }).next()).rejects.toThrowErrorMatchingInlineSnapshot(
      `[RangeError: fit: the run has done more than 2 epochs: it stands at epoch 3, step 0. Pass a larger number of epochs.]`,
    );
    await expect(run({ from: { epoch: 2, step: 1 } }).next()).rejects.toThrow("more than 2 epochs");
    await expect(run({ from: { epoch: 0, step: 3 } }).next()).rejects.toThrowErrorMatchingInlineSnapshot(
      `[RangeError: fit: the run stands at step 3 of an epoch, but this loader has 3. Use the loader it was begun with.]`,
    );
    await expect(run({ from: { epoch: -1, step: 0 } }).next()).rejects.toThrow("from.epoch");
  });

  test("a run goes on with batches of another size after an epoch, not within one", async () => {
    const [first] = await stepsOf(run({ epochs: 1 }));
    expect(first.position).toMatchObject({ step: 1, steps: 3 });
    const from = { ...first.position, steps: 5 }; // of a loader of smaller batches
    await expect(run({ from }).next()).rejects.toThrowErrorMatchingInlineSnapshot(
      `[RangeError: fit: the run stands at step 1 of 5 in an epoch, but this loader has 3. Use the loader it was begun with.]`,
    );
    expect((await stepsOf(run({ from: { ...from, epoch: 1, step: 0, steps: undefined } }))).length).toBe(3);
  });
});

test("an abort is seen between the batches of the validation; resumed, the validation is made up for", async () => {
  const make = () => {
    const { model, optimizer } = start();
    return { model, optimizer, schedule: new ReduceLROnPlateau(optimizer, { patience: 0, threshold: 0.2 }) };
  };
  const exam = () => toyLoader(rows, labels, { batchSize: 4 });
  const runOf = ({ optimizer, schedule }: ReturnType<typeof make>) => ({ optimizer, schedule });
  const whole = make();
  const steps = await stepsOf(fit(whole.model, loader(7), { ...runOf(whole), epochs: 3, validate: exam() }));
  const part = make();
  const batches = loader(7);
  const controller = new AbortController();
  let seen = 0;
  const slow = {
    ...exam(),
    async *[Symbol.asyncIterator]() {
      for await (const batch of exam()) {
        seen++;
        if (seen === 5) controller.abort(); // in the second epoch
        yield batch;
      }
    },
  };
  const run = fit(part.model, batches, { ...runOf(part), epochs: 3, validate: slow, signal: controller.signal });
  const before = await stepsOf(run);
  expect([run.ended, before.length, seen]).toEqual(["aborted", 6, 5]);
  expect(before[5].validation).toBeUndefined();
  const from = JSON.parse(JSON.stringify(before[5].position));
  const after = await stepsOf(fit(part.model, loader(99), { ...runOf(part), epochs: 3, validate: exam(), from }));
  const plain = (step: FitStep) => ({ ...step, examplesPerSecond: 0 });
  expect(after.map(plain)).toEqual(steps.slice(5).map(plain)); // the last step of the epoch comes again, with its validation
  expect(weights(part.model)).toEqual(weights(whole.model));
  expect(part.optimizer.lr).toBe(whole.optimizer.lr);
});
