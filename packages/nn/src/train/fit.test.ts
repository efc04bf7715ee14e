import type { Variable } from "@conv/autograd";
import { createRandom, type Tensor } from "@conv/core";
import { describe, expect, test } from "vitest";
import { clouds, lossesOf, network, stepsOf } from "../../test/runs.js";
import { toyLoader } from "../../test/toyLoader.js";
import { Adam, crossEntropy, evaluate, type FitStep, fit, Linear, Sequential, SGD } from "../index.js";

const { rows, labels } = clouds(10, 1);
/** 3 batches, of 4, 4 and 2 examples. */
const loader = (seed?: number) =>
  toyLoader(rows, labels, { batchSize: 4, random: seed === undefined ? undefined : createRandom(seed) });
const weights = (model: Sequential) => model.parameters().map((p) => [...p.dataSync()]);

describe("fit", () => {
  test("by hand: a step of SGD on one example moves the weights by lr times the gradient", async () => {
    const model = new Sequential(new Linear(1, 2, { bias: false }));
    model.layers[0].loadStateDict({ weight: (await batchOf([[0], [0]])).x });
    const one = toyLoader([[3]], [1], { batchSize: 1 });
    const [step] = await stepsOf(fit(model, one, { optimizer: new SGD(model.parameters(), { lr: 0.1 }), epochs: 1 }));
    expect(step).toMatchObject({ epoch: 1, epochs: 1, step: 1, steps: 1, accuracy: 0, examples: 1, learningRate: 0.1 });
    expect(step.loss).toBeCloseTo(Math.log(2), 6);
    const [w0, w1] = weights(model)[0]; // the gradient is (softmax − onehot)·x = (½, −½)·3
    expect(w0).toBeCloseTo(-0.15, 6);
    expect(w1).toBeCloseTo(0.15, 6);
  });

  test("learns to separate two clouds of points", async () => {
    const training = clouds(40, 2);
    const unseen = clouds(40, 3);
    const model = network(4);
    const batches = toyLoader(training.rows, training.labels, { batchSize: 8, random: createRandom(5) });
    const optimizer = new Adam(model.parameters(), { lr: 0.05 });
    const losses = lossesOf(await stepsOf(fit(model, batches, { optimizer, epochs: 8 })));
    expect(losses).toHaveLength(8 * 5);
    expect(losses[losses.length - 1]).toBeLessThan(losses[0] / 3);
    const { accuracy } = await evaluate(model, toyLoader(unseen.rows, unseen.labels, { batchSize: 16 }));
    expect(accuracy).toBeGreaterThan(0.95);
  });

  test("the same seeds give the same losses and weights, bit for bit; others do not", async () => {
    const run = async (modelSeed: number, loaderSeed: number) => {
      const model = network(modelSeed);
      const optimizer = new Adam(model.parameters(), { lr: 0.05 });
      return [lossesOf(await stepsOf(fit(model, loader(loaderSeed), { optimizer, epochs: 2 }))), weights(model)];
    };
    const first = await run(1, 2);
    expect(await run(1, 2)).toEqual(first);
    expect(await run(1, 3)).not.toEqual(first);
    expect(await run(3, 2)).not.toEqual(first);
  });

  test("does in each step: forget gradients, forward, loss, step; and no step that nobody asked for", async () => {
    const log: string[] = [];
    class Model extends Sequential {
      override forward(x: Variable): Variable {
        log.push("forward");
        return super.forward(x);
      }
    }
    class Optimizer extends SGD {
      override zeroGrad(): void {
        log.push("zeroGrad");
        super.zeroGrad();
      }
      override step(): void {
        expect(this.parameters.every(({ grad }) => grad !== undefined)).toBe(true);
        log.push("step");
        super.step();
      }
    }
    const loss = (y: Variable, target: Tensor) => {
      log.push("loss");
      return crossEntropy(y, target);
    };
    const model = new Model(new Linear(2, 2));
    const batches = loader();
    const run = fit(model, batches, { optimizer: new Optimizer(model.parameters()), loss, epochs: 2 });
    expect(log).toEqual([]);
    await run.next();
    expect(log.splice(0)).toEqual(["zeroGrad", "forward", "loss", "step"]);
    await run.next();
    expect(log.splice(0)).toEqual(["zeroGrad", "forward", "loss", "step"]);
    expect(batches.given).toBe(2);
  });

  test("counts epochs and steps from 1, examples as they come, and tells where it stands", async () => {
    const model = network(1);
    const steps = await stepsOf(fit(model, loader(), { optimizer: new SGD(model.parameters()), epochs: 2 }));
    expect(steps.map(({ epoch, step, steps: all, examples }) => [epoch, step, all, examples])).toEqual([
      [1, 1, 3, 4],
      [1, 2, 3, 4],
      [1, 3, 3, 2],
      [2, 1, 3, 4],
      [2, 2, 3, 4],
      [2, 3, 3, 2],
    ]);
    expect(steps.map(({ position }) => [position.epoch, position.step])).toEqual([
      [0, 1],
      [0, 2],
      [1, 0],
      [1, 1],
      [1, 2],
      [2, 0],
    ]);
    expect(steps.every(({ examplesPerSecond }) => examplesPerSecond > 0 && Number.isFinite(examplesPerSecond))).toBe(
      true,
    );
  });

  test("a position holds the state of the loader's generator before the pass that is under way", async () => {
    const model = network(1);
    const batches = loader(7);
    const before = createRandom(7);
    const optimizer = new SGD(model.parameters());
    const steps = await stepsOf(fit(model, batches, { optimizer, epochs: 2 }));
    const first = before.state;
    before.permutation(rows.length);
    const second = before.state;
    before.permutation(rows.length);
    expect(steps.map(({ position }) => position.random)).toEqual([first, first, second, second, second, before.state]);
  });

  test("loss and accuracy are those of the batch before the step", async () => {
    const [model, copy] = [network(3).eval(), network(3).eval()];
    for (const dropout of [model, copy]) Object.assign(dropout.layers[2], { p: 0 });
    const run = fit(model, loader(), { optimizer: new SGD(model.parameters(), { lr: 10 }), epochs: 1 });
    const { value: step } = await run.next();
    const expected = await evaluate(copy, toyLoader(rows.slice(0, 4), labels.slice(0, 4), { batchSize: 4 }));
    expect([(step as FitStep).loss, (step as FitStep).accuracy]).toEqual([expected.loss, expected.accuracy]);
  });

  test("a learning rate that is changed between steps holds from the next one, and is reported", async () => {
    const model = network(3);
    const optimizer = new SGD(model.parameters(), { lr: 0.5 });
    const rates: number[] = [];
    for await (const { learningRate } of fit(model, loader(), { optimizer, epochs: 1 })) {
      rates.push(learningRate);
      optimizer.lr /= 2;
    }
    expect(rates).toEqual([0.5, 0.25, 0.125]);
  });
});

describe("fit and validation", () => {
  test("evaluates at the end of each epoch only, with the weights of that moment", async () => {
    const model = network(1);
    const validate = toyLoader(rows, labels, { batchSize: 5 });
    const optimizer = new SGD(model.parameters(), { lr: 0.1 });
    const given: number[] = [];
    for await (const { step, validation } of fit(model, loader(), { optimizer, epochs: 2, validate })) {
      given.push(validate.given);
      expect(validation !== undefined).toBe(step === 3);
      if (validation === undefined) continue;
      expect(validation).toEqual(await evaluate(model, toyLoader(rows, labels, { batchSize: 5 })));
    }
    expect(given).toEqual([0, 0, 2, 2, 2, 4]);
  });

  test("the model is in training in every step and whenever the loop has it, and in use while it is validated", async () => {
    const log: string[] = [];
    class Model extends Sequential {
      override forward(x: Variable): Variable {
        log.push(`${this.training ? "training" : "use"} ${this.layers[0].training ? "training" : "use"}`);
        return super.forward(x);
      }
    }
    const model = new Model(network(1)).eval();
    const optimizer = new SGD(model.parameters());
    const validate = toyLoader(rows, labels, { batchSize: 10 });
    for await (const _ of fit(model, loader(), { optimizer, epochs: 2, validate })) {
      expect([model.training, model.layers[0].training]).toEqual([true, true]);
    }
    const epoch = ["training training", "training training", "training training", "use use"];
    expect(log).toEqual([...epoch, ...epoch]);
  });

  test("takes the loss it is given for validation too", async () => {
    const model = network(1);
    const loss = (y: Variable, target: Tensor) => crossEntropy(y, target, { labelSmoothing: 0.5 });
    const optimizer = new SGD(model.parameters());
    const options = { optimizer, loss, epochs: 1, validate: loader() };
    const steps = await stepsOf(fit(model, loader(), options));
    expect(steps[2].validation?.loss).toBe((await evaluate(model, loader(), { loss })).loss);
    expect(steps[2].validation?.loss).not.toBe((await evaluate(model, loader())).loss);
  });
});

describe("fit stops", () => {
  test("after the current step once its signal is aborted", async () => {
    const model = network(1);
    const controller = new AbortController();
    const batches = loader();
    const optimizer = new SGD(model.parameters(), { lr: 1 });
    const after: number[][][] = [];
    for await (const { step } of fit(model, batches, { optimizer, epochs: 5, signal: controller.signal })) {
      after.push(weights(model));
      if (step === 2) controller.abort();
    }
    expect(after).toHaveLength(2);
    expect(weights(model)).toEqual(after[1]);
  });

  test("at an abort on the last step of an epoch too", async () => {
    const model = network(1);
    const controller = new AbortController();
    const options = { optimizer: new SGD(model.parameters()), epochs: 5, signal: controller.signal };
    let count = 0;
    for await (const { step } of fit(model, loader(), options)) {
      count++;
      if (step === 3) controller.abort();
    }
    expect(count).toBe(3);
  });

  test("before the first step if the signal is aborted already", async () => {
    const model = network(1);
    const before = weights(model);
    const options = { optimizer: new SGD(model.parameters()), epochs: 1, signal: AbortSignal.abort() };
    expect(await stepsOf(fit(model, loader(), options))).toEqual([]);
    expect(weights(model)).toEqual(before);
  });

  test("when the loop breaks, and lets the loader finish", async () => {
    const model = network(1);
    let finished = false;
    const inner = loader();
    const batches = {
      length: inner.length,
      async *[Symbol.asyncIterator]() {
        try {
          yield* inner.batches();
        } finally {
          finished = true;
        }
      },
    };
    let after: number[][] = [];
    for await (const { step } of fit(model, batches, { optimizer: new SGD(model.parameters()), epochs: 5 })) {
      after = weights(model);
      if (step === 2) break;
    }
    expect(weights(model)).toEqual(after);
    expect([inner.given, finished]).toEqual([2, true]);
  });

  test("gives way to timers during long runs", async () => {
    const model = network(1);
    let timers = 0;
    const slow = (y: Variable, target: Tensor) => {
      for (const until = performance.now() + 6; performance.now() < until; );
      return crossEntropy(y, target);
    };
    const timer = setInterval(() => timers++, 1);
    await stepsOf(fit(model, loader(), { optimizer: new SGD(model.parameters()), loss: slow, epochs: 5 }));
    clearInterval(timer);
    expect(timers).toBeGreaterThanOrEqual(3); // 15 steps of 6 ms: a turn every 16 ms makes five
  });
});

describe("fit refuses", () => {
  const optimizer = new SGD(network(1).parameters());
  const first = (options: object) => fit(network(1), loader(), options as never).next();

  test("options that are unknown or out of range, at the first step", async () => {
    await expect(first({ optimizer, epochs: 0 })).rejects.toThrowErrorMatchingInlineSnapshot(
      `[RangeError: fit: epochs must be a positive integer, got 0.]`,
    );
    await expect(first({ optimizer })).rejects.toThrowErrorMatchingInlineSnapshot(
      `[RangeError: fit: epochs must be a positive integer, got undefined.]`,
    );
    await expect(first({ optimizer, epochs: 1, learningRate: 0.1 })).rejects.toThrowErrorMatchingInlineSnapshot(
      `[TypeError: fit: unknown option learningRate. It takes optimizer, loss, epochs, schedule, clipNorm, validate, from, signal, callbacks.]`,
    );
  });

  test("to go on inside an epoch with a loader that cannot skip", async () => {
    const { length, batches } = loader();
    const plain = { length, [Symbol.asyncIterator]: () => batches() };
    const run = fit(network(1), plain, { optimizer, epochs: 1, from: { epoch: 0, step: 1 } });
    await expect(run.next()).rejects.toThrowErrorMatchingInlineSnapshot(
      `[TypeError: fit: to go on inside an epoch the loader needs batches({ skip }). Use the DataLoader of @conv/data.]`,
    );
  });

  test("to run without an optimizer, with words", async () => {
    await expect(first({ epochs: 1 })).rejects.toThrow(/^fit: .*optimizer/);
  });
});

/** The tensors of some rows. */
async function batchOf(values: number[][]) {
  const { value } = await toyLoader(values, new Array(values.length).fill(0), { batchSize: values.length })
    .batches()
    .next();
  return value;
}
