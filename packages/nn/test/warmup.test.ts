import { checkpoint, keep, type Variable, variable } from "@conv/autograd";
import { cpu, type Device, mul, ShapeError, type Tensor, tensor, zeros } from "@conv/core";
import type { RemoteDevice } from "@tooling/remote";
import { describe, expect, test } from "vitest";
import {
  Adam,
  BatchNorm1d,
  BatchNorm2d,
  Conv2d,
  Dropout,
  Flatten,
  fit,
  Linear,
  Module,
  manualSeed,
  mseLoss,
  type Optimizer,
  RMSprop,
  Sequential,
  SGD,
  warmup,
} from "../src/index.js";
import { numbers } from "./norms.js";
import {
  adam,
  begin,
  expected,
  loader,
  type Make,
  network,
  PARAMETERS,
  remote,
  stateOf,
  stepsOf,
} from "./remoteRuns.js";

const SHAPE = [4, 1, 8, 8];

const optimizers: readonly (readonly [string, Make])[] = [
  ["Adam", adam],
  ["SGD with momentum", (model) => new SGD(model.parameters(), { lr: 0.1, momentum: 0.9 })],
  ["RMSprop with momentum", (model) => new RMSprop(model.parameters(), { momentum: 0.9, centered: true })],
];
const devices: readonly (readonly [string, () => Device])[] = [
  ["the cpu", () => cpu],
  ["a device that cannot be read at once", remote],
];
const cases = devices.flatMap(([place, device]) =>
  optimizers.map(([rule, optimizerOf]) => ({ place, device, rule, optimizerOf })),
);

const buffersOf = (device: Device) => (device as Partial<RemoteDevice>).buffers;

/** All that a warm-up could change of a run, its tensors as numbers. */
async function allOf(run: { readonly model: Module; readonly optimizer: Optimizer }) {
  const gradients: Promise<Tensor>[] = [];
  for (const p of run.model.parameters()) {
    p.updateGrad((gradient) => {
      gradients.push(gradient.toAsync(cpu));
      return gradient;
    });
  }
  return {
    state: await stateOf(run),
    gradients: (await Promise.all(gradients)).map(numbers),
    rates: run.optimizer.groups.map(({ lr, initialLr }) => [lr, initialLr]),
    modes: run.model.modules().map(({ training }) => training),
    random: run.model.modules().flatMap((module) => (module instanceof Dropout ? [module.random.state] : [])),
    versions: run.model.parameters().map(({ version }) => version),
    fields: run.model.modules().map((module) => Reflect.ownKeys(module)),
  };
}

describe("it changes nothing", () => {
  test.each(cases)("$rule on $place: before the first step, and between two", async ({ device: make, optimizerOf }) => {
    const device = make();
    const run = begin(device, { optimizerOf });
    const { model, optimizer, clipNorm } = run;
    model.modules()[4].training = false; // some may be frozen
    for (const gradients of [0, PARAMETERS]) {
      const before = await allOf(run);
      const buffers = buffersOf(device);
      const { milliseconds } = await warmup(model, SHAPE, { optimizer, clipNorm, batchSizes: [4, 3] });
      expect(milliseconds).toBeGreaterThan(0);
      expect(buffersOf(device)).toBe(buffers);
      expect(await allOf(run)).toEqual(before);
      expect(before.gradients).toHaveLength(gradients);
      if (gradients === 0) await stepsOf(run);
    }
  });

  test.each(devices)("on %s a run that was warmed up is the run that was not, bit for bit", async (_, make) => {
    const device = make();
    const run = begin(device);
    await warmup(run.model, SHAPE, { optimizer: run.optimizer, clipNorm: run.clipNorm });
    expect(await stepsOf(run)).toEqual(expected.steps);
    expect(await stateOf(run)).toEqual(expected.state);
  });

  test("tensors and gradients that somebody holds are the same objects", async () => {
    const run = begin(cpu);
    await stepsOf(run);
    const held = () => [...Object.values(run.model.stateDict()), ...run.model.parameters().map(({ grad }) => grad)];
    const before = held();
    await warmup(run.model, SHAPE, { optimizer: run.optimizer });
    const after = held();
    expect(after.every((x, i) => x === before[i])).toBe(true);
  });

  /** Does in its forward what a layer may: counts, draws from the shared generator, remembers tensors. */
  class Busy extends Module {
    calls = 0;
    seen: number | undefined;
    mean: Tensor;
    readonly scale: Variable;
    latest?: Tensor;

    constructor(device: Device) {
      super();
      this.mean = zeros([2], { device });
      this.scale = variable(tensor([1, 2], [2], { device }), { requiresGrad: false });
    }

    forward(x: Variable): Variable {
      this.calls++;
      this.seen = new Linear(1, 1).weight.value.dataSync()[0];
      const next = keep(mul(this.mean, 2));
      this.mean.dispose();
      this.mean = next;
      this.scale.updateValue((value) => mul(value, 3));
      this.latest = this.mean;
      return x;
    }
  }

  test.each(devices)("on %s a layer of one's own is what it was, too", async (_, make) => {
    const device = make();
    const busy = new Busy(device);
    const model = new Sequential(new Flatten(), busy, new Linear(64, 3)).to(device);
    const optimizer = new SGD(model.parameters(), { lr: 1 });
    const keys = Reflect.ownKeys(busy);
    const buffers = buffersOf(device);
    const drawn = () => numbers(new Linear(2, 2).weight);
    manualSeed(5);
    await warmup(model, SHAPE, { optimizer });
    const after = drawn();
    manualSeed(5);
    expect(after).toEqual(drawn());
    expect(buffersOf(device)).toBe(buffers);
    expect([busy.calls, busy.seen, Reflect.ownKeys(busy)]).toEqual([0, undefined, keys]);
    expect(numbers(await busy.mean.toAsync(cpu))).toEqual([0, 0]);
    expect(numbers(await busy.scale.value.toAsync(cpu))).toEqual([1, 2]);
  });

  test("nor does one that fails, on the way back or in the loss", async () => {
    const device = remote();
    const run = begin(device);
    const { model, optimizer } = run;
    await stepsOf(run);
    const [before, { buffers }] = [await allOf(run), device];
    const refuse = (): never => {
      throw new RangeError("not today");
    };
    const [{ bias }] = model.modules().filter((module) => module instanceof Conv2d);
    const hook = bias?.registerHook(refuse);
    await expect(warmup(model, SHAPE, { optimizer })).rejects.toThrow("not today");
    hook?.remove();
    await expect(warmup(model, SHAPE, { optimizer, loss: refuse })).rejects.toThrow("not today");
    expect(device.buffers).toBe(buffers);
    expect(await allOf(run)).toEqual(before);
  });
});

describe("it runs what steps run", () => {
  test.each(optimizers)("%s: the kernels of fit and evaluate, and no others", async (_, optimizerOf) => {
    const [warm, cold] = [remote(), remote()];
    const [run, other] = [begin(warm, { optimizerOf }), begin(cold, { optimizerOf })];
    const { model, optimizer, clipNorm } = run;
    await warmup(model, SHAPE, { optimizer, clipNorm });
    await stepsOf(other);
    expect([...warm.ran].sort()).toEqual([...cold.ran].sort());
  });

  test("with a checkpoint inside, too", async () => {
    class Checkpointed extends Module {
      readonly inner = network();
      forward(x: Variable): Variable {
        return checkpoint((x) => this.inner.forward(x), x);
      }
    }
    const [warm, cold] = [remote(), remote()];
    const [model, other] = [new Checkpointed().to(warm), new Checkpointed().to(cold)];
    const optimizer = new Adam(model.parameters());
    const before = await stateOf({ model, optimizer });
    await warmup(model, SHAPE, { optimizer });
    for await (const _ of fit(other, loader(), {
      optimizer: new Adam(other.parameters()),
      epochs: 1,
      validate: loader(90),
    }));
    expect([...warm.ran].sort()).toEqual([...cold.ran].sort());
    expect(await stateOf({ model, optimizer })).toEqual(before);
  });

  test("the sizes that are asked for, in the modes that they will have", async () => {
    const seen: string[] = [];
    class Watch extends Module {
      forward(x: Variable): Variable {
        seen.push(`${this.training ? "train" : "eval"} ${x.shape[0]}`);
        return x;
      }
    }
    const model = new Sequential(new Watch(), new Flatten(), new Linear(4, 2));
    const runs = async (options: Parameters<typeof warmup>[2]) => {
      seen.length = 0;
      await warmup(model, [3, 4], options);
      return [...new Set(seen)];
    };
    expect(await runs({})).toEqual(["eval 3", "train 3"]);
    expect(await runs({ batchSizes: [8, 5, 8], evalBatchSizes: [100] })).toEqual(["eval 100", "eval 8", "train 8", "eval 5", "train 5"]); // biome-ignore format: one line
    expect(await runs({ batchSizes: [], evalBatchSizes: [1] })).toEqual(["eval 1"]);
  });

  test("losses of numbers have targets of their shape; a model without parameters is run as it is", async () => {
    const shapes: unknown[] = [];
    const target = (shape: readonly number[]) => {
      shapes.push(shape);
      return zeros(shape);
    };
    await warmup(new Sequential(new Flatten(), new Linear(6, 2)), [5, 2, 3], { loss: mseLoss, target });
    expect(shapes).toEqual([[5, 2], [5, 2]]); // biome-ignore format: one line
    await expect(warmup(new Flatten(), [5, 2, 3])).resolves.toHaveProperty("milliseconds");
  });

  test("that of a model whose layers are frozen needs no gradient of them", async () => {
    const device = remote();
    const model = network().to(device).requiresGrad(false);
    await warmup(model, SHAPE);
    expect(device.ran).toContain("argmax");
    expect(device.ran).not.toContain("convAdjointW");
  });
});

describe("what cannot be is said by warmup", () => {
  const model = () => new Sequential(new Conv2d(1, 2, 3), new BatchNorm2d(2), new Flatten(), new Linear(8, 3));

  test("a shape that does not fit the model", async () => {
    const warming = warmup(model(), [2, 3, 4, 4]);
    await expect(warming).rejects.toBeInstanceOf(ShapeError);
    await expect(warming).rejects.toThrow(/^warmup: with x \[2, 3, 4, 4\]: (?!warmup)/);
    await expect(warmup(model(), [2, 1, 5, 5])).rejects.toThrow(/^warmup: with x \[2, 1, 5, 5\]: /);
    await expect(warmup(new BatchNorm1d(3), [1, 3])).rejects.toThrow(
      /^warmup: with x \[1, 3\] and y \[1\]: BatchNorm1d: /,
    );
  });

  test("targets that are not what the loss takes", async () => {
    await expect(warmup(model(), [2, 1, 4, 4], { loss: mseLoss })).rejects.toThrow(
      /^warmup: with x \[2, 1, 4, 4\] and y \[2\]: mseLoss: /,
    );
    const flat = new Sequential(new Flatten(0, 1), new Flatten(0));
    await expect(warmup(flat, [2, 3], { loss: mseLoss })).rejects.toThrowErrorMatchingInlineSnapshot(
      `[TypeError: warmup: with x [2, 3]: the outputs have the shape [6], which is not [N, C, …] of classes that labels could name. Say what the targets are: { target: zeros }, if they are numbers.]`,
    );
    await expect(warmup(model(), [2, 1, 4, 4], { target: () => [0, 1] as never })).rejects.toThrow(
      "warmup: with x [2, 1, 4, 4]: target must return a tensor, got [0, 1]",
    );
  });

  test("a device that has not such numbers", async () => {
    await expect(warmup(model().to(remote()), [2, 1, 4, 4], { dtype: "float64" })).rejects.toThrow(
      "warmup: with x [2, 1, 4, 4]: remote: there is no float64 here.",
    );
  });

  test.each([
    ["a model that is none", [{}, SHAPE], "warmup: the model must be a Module, got an object."],
    [
      "no shape",
      [network(), 4],
      "warmup: inputShape must be a shape with the batch, such as [32, 3, 224, 224], got 4.",
    ],
    ["an empty axis", [network(), [4, 0]], "warmup: each axis of [4, 0] must be a positive integer, got 0."],
    ["an unknown option", [network(), SHAPE, { batchsizes: [1] }], /^warmup: .*batchsizes/],
    [
      "no optimizer",
      [network(), SHAPE, { optimizer: "adam" }],
      'warmup: the optimizer must be an Optimizer, got "adam"',
    ],
    ["no loss", [network(), SHAPE, { loss: "mse" }], 'warmup: loss must be a function, got "mse".'],
    ["no target", [network(), SHAPE, { target: zeros([4]) }], "warmup: target must be a function, got "],
    ["nothing to clip to", [network(), SHAPE, { clipNorm: 0 }], "warmup: clipNorm must be above 0, got 0."],
    ["one size", [network(), SHAPE, { batchSizes: 32 }], "warmup: batchSizes must be an array of sizes, got 32."],
    [
      "half an example",
      [network(), SHAPE, { evalBatchSizes: [1.5] }],
      "warmup: each of evalBatchSizes must be a positive integer, got 1.5.",
    ],
    ["nothing to run", [network(), SHAPE, { batchSizes: [] }], "warmup: there is nothing to run."],
    ["no type", [network(), SHAPE, { dtype: "int8" }], /^warmup: dtype must be /],
  ])("%s", async (_, args, message) => {
    await expect(Reflect.apply(warmup, undefined, args)).rejects.toThrow(message);
  });
});
