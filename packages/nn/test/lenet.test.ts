import { scope } from "@conv/autograd";
import type { Tensor } from "@conv/core";
import { describe, expect, test } from "vitest";
import {
  Adam,
  crossEntropy,
  fromSafetensors,
  type Module,
  type Optimizer,
  SGD,
  safetensorsMetadata,
  toSafetensors,
} from "../src/index.js";
import { digits, fixture, inFloat64, LeNet, part } from "./lenet.js";

type Floats = "float32" | "float64";

/** The largest distance between two tensors' elements. */
function distance(a: Tensor, b: Tensor): number {
  expect(a.shape).toEqual(b.shape);
  const [x, y] = [a.dataSync(), b.dataSync()];
  return Math.max(...Array.from(x, (value, i) => Math.abs(value - y[i])));
}

const logitsOf = (model: Module, dtype: Floats): Tensor => model.forward(digits("test", 0, 32, dtype).x as never).value;

describe("weights that PyTorch trained", () => {
  /** Logits reach 24, where float32 has steps of 2e-6; sums of 150 products, layer after layer, lose some of them. */
  const FLOAT32 = 2e-5;
  const logits = fromSafetensors(fixture("lenet-logits"));

  test("load strictly, by PyTorch's names, and give PyTorch's logits, in use and in training", () => {
    const model = new LeNet();
    const state = fromSafetensors(fixture("lenet"));
    expect(model.loadStateDict(state)).toEqual({ missingKeys: [], unexpectedKeys: [] });
    expect(distance(logitsOf(model.eval(), "float32"), logits.use)).toBeLessThan(FLOAT32);
    expect(distance(logitsOf(model.train(), "float32"), logits.training)).toBeLessThan(FLOAT32);
    expect(model.bn1.num_batches_tracked?.item()).toBe(51); // the file's 50, and this batch
  });

  test("in F16, BF16 and F64 load too, without a rounding of ours", () => {
    const model = new LeNet();
    model.loadStateDict(fromSafetensors(fixture("lenet-small")));
    expect(distance(logitsOf(model.eval(), "float32"), logits["small.use"])).toBeLessThan(FLOAT32);
    expect(distance(logits.use, logits["small.use"])).toBeGreaterThan(100 * FLOAT32); // that is another model
  });

  test("leave as they came: our file is PyTorch's, byte for byte", () => {
    const model = new LeNet();
    model.loadStateDict(fromSafetensors(fixture("lenet")));
    const file = toSafetensors(model.stateDict(), safetensorsMetadata(fixture("lenet")), { dtype: "I64" });
    expect(file).toEqual(new Uint8Array(fixture("lenet")));
  });
});

describe("50 steps from PyTorch's initial weights, over PyTorch's batches, stay with PyTorch's run in float64", () => {
  const optimizers: Record<string, (model: Module) => Optimizer> = {
    sgd: (model) => new SGD(model.parameters(), { lr: 0.05, momentum: 0.9, weightDecay: 1e-3 }),
    adam: (model) => new Adam(model.parameters(), { lr: 0.003, betas: [0.9, 0.99], eps: 1e-8, weightDecay: 1e-3 }),
  };

  // How far a float32 run may be. Each loss is rounded to about 2⁻²² of 2.4; what the weights were rounded by in a step, the
  // steps after it enlarge, by 3 % each. At the end a weight is off by some of 50 roundings. A bias before a batch norm has
  // no gradient but rounding, beside the decay; SGD adds it up, but Adam divides by its size, so that rounding moves the bias,
  // the mean that follows it, and the logits by as much as they differ. All are at least four times what PyTorch's own
  // float32 run is off by.
  const lossTolerance = (step: number) => 2e-6 * 1.03 ** step;
  const TOLERANCES: Record<string, { state: number; biasesAndMeans: number; logits: number }> = {
    sgd: { state: 1e-5, biasesAndMeans: 1e-5, logits: 1e-4 },
    adam: { state: 1e-5, biasesAndMeans: 2e-3, logits: 6e-3 },
  };

  /** float64 has 29 bits more; three of them are left to chance. */
  const FINER = { float32: 1, float64: 2 ** -26 };

  function run(name: string, dtype: Floats) {
    const model = new LeNet();
    model.loadStateDict(part(`lenet-${name}`, "before."));
    if (dtype === "float64") inFloat64(model);
    const optimizer = optimizers[name](model);
    const losses = Array.from({ length: 50 }, (_, t) =>
      scope(() => {
        const { x, labels } = digits("train", 16 * t, 16 * t + 16, dtype);
        const loss = crossEntropy(model.forward(x), labels);
        optimizer.zeroGrad();
        loss.backward();
        optimizer.step();
        return loss.item();
      }),
    );
    return { losses, state: model.stateDict(), logits: logitsOf(model.eval(), dtype) };
  }

  test.each(
    (["sgd", "adam"] as const).flatMap((name) =>
      (["float32", "float64"] as const).map((dtype) => [name, dtype] as const),
    ),
  )("with %s in %s", (name, dtype) => {
    const { losses, state, logits } = run(name, dtype);
    const expected = fromSafetensors(fixture(`lenet-${name}`));
    expected.losses.dataSync().forEach((loss, step) => {
      expect(Math.abs(losses[step] - loss), `step ${step}`).toBeLessThan(FINER[dtype] * lossTolerance(step));
    });
    const after = Object.entries(part(`lenet-${name}`, "after."));
    expect(after.map(([key]) => key).sort()).toEqual(Object.keys(state).sort());
    for (const [key, value] of after) {
      const isLost = /conv..bias|running_mean/.test(key);
      const tolerance = TOLERANCES[name][isLost ? "biasesAndMeans" : "state"];
      expect(distance(state[key], value), key).toBeLessThan(FINER[dtype] * tolerance);
    }
    expect(distance(logits, expected.logits)).toBeLessThan(FINER[dtype] * TOLERANCES[name].logits);
    expect(losses[49]).toBeLessThan(losses[0] / 2);
  });

  test.each(["sgd", "adam"])("and the tolerances with %s are four times what PyTorch's float32 run needs", (name) => {
    const off = part(`lenet-${name}`, "float32.");
    off.losses.dataSync().forEach((distance, step) => {
      expect(4 * distance, `step ${step}`).toBeLessThan(lossTolerance(step));
    });
    for (const [what, tolerance] of Object.entries(TOLERANCES[name])) {
      expect(4 * off[what].item(), what).toBeLessThan(tolerance);
    }
  });
});
