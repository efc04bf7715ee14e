import { noGrad, scope } from "@conv/autograd";
import { reshape, type Tensor } from "@conv/core";
import { checkOptions } from "@conv/core/operators";
import { crossEntropy } from "../losses/crossEntropy.js";
import type { Module } from "../module.js";
import { checkInputs } from "./checkInputs.js";
import type { Batch, Loader } from "./loader.js";
import { classesOf, countCorrect, type Loss, outcomeOf } from "./outputs.js";
import { placed } from "./placed.js";
import { breather, type Signal } from "./platform.js";

/** How a model does on a dataset. */
export interface Evaluation {
  /** Mean over the examples. */
  readonly loss: number;
  /** Share of the labels that are those of the largest outputs, 0 to 1. NaN when the targets are no labels of classes. */
  readonly accuracy: number;
  /** The class of the largest output, for each label in the loader's order; none when the targets are no labels. */
  readonly predictions: readonly number[];
  /** The label of each prediction. */
  readonly labels: readonly number[];
}

/**
 * Runs the model on every batch, as in use (`eval()`), without recording, and in a scope; between batches it is as it was,
 * so that it may be trained meanwhile. Batches are moved to where the model lives.
 * Targets are labels if they are integers, one for each example or position: y [N, …] for outputs [N, C, …].
 *
 * @param options `loss`: default `crossEntropy`.
 * @throws {Error} When the loader gives no batches.
 */
export async function evaluate(
  model: Module,
  loader: Loader,
  options: { readonly loss?: Loss } = {},
): Promise<Evaluation> {
  checkOptions("evaluate", options, ["loss"]);
  const { loss = crossEntropy } = options;
  checkInputs("evaluate", { model, loader, loss });
  const evaluation = await evaluateUntil(model, loader, loss, undefined);
  if (evaluation === undefined) throw new Error("evaluate: it was not aborted"); // cannot be: there is no signal
  return evaluation;
}

/** The same; undefined when the signal is aborted before the end. */
export async function evaluateUntil(
  model: Module,
  loader: Loader,
  loss: Loss,
  signal: Signal | undefined,
): Promise<Evaluation | undefined> {
  let [total, examples, correct] = [0, 0, 0];
  const predictions: number[] = [];
  const labels: number[] = [];
  const breathe = breather();
  for await (const batch of loader) {
    if (signal?.aborted) {
      batch.dispose?.();
      return undefined;
    }
    const outcome = await evaluateBatch(model, batch, loss);
    total += outcome.loss * outcome.examples;
    examples += outcome.examples;
    correct += countCorrect(outcome.classes, outcome.labels);
    for (const prediction of outcome.classes ?? []) predictions.push(prediction);
    for (const label of outcome.labels) labels.push(label);
    await breathe();
  }
  if (examples === 0) throw new Error("evaluate: the loader gave no batches. Pass one with examples.");
  const isLabels = !Number.isNaN(correct);
  return {
    loss: total / examples,
    accuracy: correct / labels.length,
    predictions: isLabels ? predictions : [],
    labels: isLabels ? labels : [],
  };
}

/** The loss of a batch and the classes that were picked, as tensors of our own. */
export function resultsOf(operator: string, model: Module, x: Tensor, y: Tensor, loss: Loss) {
  const { outputs, batchLoss } = outcomeOf(operator, model, x, y, loss);
  return [reshape(batchLoss.value, batchLoss.shape), classesOf(outputs, y)] as const;
}

/** Runs `fn` with the model as in use, and not a moment longer: others may train or evaluate it between two batches. */
function inUse<R>(model: Module, fn: () => R): R {
  const modes = model.modules().map((module) => [module, module.training] as const);
  try {
    model.eval();
    return fn();
  } finally {
    for (const [module, training] of modes) module.training = training;
  }
}

async function evaluateBatch(model: Module, batch: Batch, loss: Loss) {
  const { x, y, given, examples, dispose } = await placed("evaluate", model, batch);
  try {
    const run = () => inUse(model, () => resultsOf("evaluate", model, x, y, loss));
    const [losses, picked] = scope(() => noGrad(run));
    const [[value], classes, labels] = await Promise.all([losses.data(), picked?.data(), given.data()]);
    losses.dispose();
    picked?.dispose();
    return { loss: value, examples, classes, labels: labels.slice() };
  } finally {
    dispose();
  }
}
