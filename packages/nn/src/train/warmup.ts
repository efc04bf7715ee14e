import { grad, noGrad, scope, Variable, variable } from "@conv/autograd";
import { reshape, type Shape, Tensor, zeros } from "@conv/core";
import { formatShape, formatValue, held } from "@conv/core/operators";
import { leavingAsItWas } from "../asItWas.js";
import type { Module } from "../module.js";
import { clipGradNorm, gradNorm } from "../optim/clip.js";
import { retold } from "../retold.js";
import { resultsOf } from "./evaluate.js";
import { classesOf, outcomeOf } from "./outputs.js";
import { homeOf, placed } from "./placed.js";
import { now } from "./platform.js";
import { type Plan, planOf, type WarmupOptions } from "./warmupPlan.js";

/** What a warm-up took. */
export interface Warmup {
  readonly milliseconds: number;
}

/**
 * Runs what a training step and an evaluation would run, on zeros: so a GPU compiles its kernels, which takes seconds, before the
 * first step counts. Resolves when they have run. On the cpu it is a step like any other, and of no use.
 *
 * It changes nothing: parameters, gradients, buffers, the optimizer, random numbers and modes are bit for bit what they were, and
 * no tensor is left on the device.
 *
 * @param inputShape With the batch, [N, C, H, W].
 * @param options What `fit` and `evaluate` will be given; see `WarmupOptions`.
 * @throws {TypeError} When the model is not a Module, inputShape not a shape, or an option unknown or something else.
 * @throws {RangeError} When an option is out of range.
 * @throws {Error} What the model, the loss or the device throws, of the same class, with the shape of the input in front.
 * @example
 * const optimizer = new Adam(model.parameters());
 * const { milliseconds } = await warmup(model, [32, 1, 28, 28], { optimizer, batchSizes: [32, 29], evalBatchSizes: [100] });
 */
export async function warmup(model: Module, inputShape: Shape, options: WarmupOptions = {}): Promise<Warmup> {
  const plan = planOf(model, inputShape, options);
  const started = now();
  for (const size of plan.evalBatchSizes) {
    const run = (x: Tensor, y: Tensor) => {
      model.eval();
      return noGrad(() => [...resultsOf("warmup", model, x, y, plan.loss)]);
    };
    await rehearsed(plan, size, run);
  }
  for (const size of plan.batchSizes) {
    await rehearsed(plan, size, (x, y) => {
      model.train();
      return stepped(plan, x, y);
    });
  }
  return { milliseconds: now() - started };
}

/** Runs something on a batch of so many zeros where the model lives, and waits for its results. */
async function rehearsed(
  { model, example, dtype, target }: Plan,
  size: number,
  run: (x: Tensor, y: Tensor) => readonly (Tensor | undefined)[],
): Promise<void> {
  const shape = [size, ...example];
  const here = zeros(shape, { dtype });
  let place = `x ${formatShape(shape)}`;
  let x = here;
  try {
    x = await here.toAsync(homeOf(model) ?? here.device);
    const outputShape = scope(() => leavingAsItWas(model, () => shapeOfOutputs(model, x)));
    const given: unknown = target(outputShape);
    if (!(given instanceof Tensor)) throw new TypeError(`target must return a tensor, got ${formatValue(given)}.`);
    place += ` and y ${formatShape(given.shape)}`;
    const { y, dispose } = await placed("warmup", model, { x, y: given });
    try {
      await readAll(scope(() => leavingAsItWas(model, () => run(x, y))));
    } finally {
      dispose();
    }
  } catch (error) {
    const message = error instanceof Error ? error.message.replace(/^warmup: /, "") : String(error);
    throw retold(error, `warmup: with ${place}: ${message}`);
  } finally {
    for (const each of [here, x]) each.dispose();
  }
}

/** Waits for tensors of our own, and gives them back. */
async function readAll(results: readonly (Tensor | undefined)[]): Promise<void> {
  try {
    await Promise.all(results.map((result) => result?.data()));
  } finally {
    for (const result of results) result?.dispose();
  }
}

function shapeOfOutputs(model: Module, x: Tensor): Shape {
  model.eval();
  const outputs: unknown = noGrad(() => model.forward(variable(x, { requiresGrad: false })));
  if (outputs instanceof Variable) return outputs.shape;
  throw new TypeError(`the model must return a Variable, got ${formatValue(outputs)}. Return one from forward.`);
}

/** What a step computes, but for the move: the loss, the gradients' norm, the classes, and a parameter as it would be. */
function stepped({ model, optimizer, loss, clipNorm }: Plan, x: Tensor, y: Tensor): readonly (Tensor | undefined)[] {
  const { outputs, batchLoss } = outcomeOf("warmup", model, x, y, loss);
  const lossValue = reshape(batchLoss.value, batchLoss.shape); // a tensor of our own
  const parameters = optimizer?.parameters ?? model.parameters();
  const wanted = [...new Set([...parameters, ...model.parameters()])].filter((p) => p.requiresGrad);
  if (wanted.length === 0 && optimizer === undefined) return [lossValue, classesOf(outputs, y)];
  const gradients = grad(batchLoss, wanted);
  const standIns = wanted.map((p, i) => {
    const standIn = variable(p[held]);
    standIn.grad = gradients[i];
    return [p, standIn] as const;
  });
  const moving = standIns.filter(([p]) => parameters.includes(p));
  const others = moving.map(([, standIn]) => standIn);
  const norm = clipNorm === undefined ? gradNorm(others) : clipGradNorm(others, clipNorm);
  const clipped = moving.flatMap(([p, { grad: g }]) => (g === undefined ? [] : [[p, g.value] as const]));
  const moved = optimizer?.rehearse(new Map(clipped)) ?? [];
  const [smallest] = [...moved].sort((a, b) => a.size - b.size);
  return [lossValue, norm, classesOf(outputs, y), smallest];
}
