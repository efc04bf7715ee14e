import { noGrad, scope, type Variable, variable } from "@conv/autograd";
import { argmax, reshape, type Tensor } from "@conv/core";
import { checkOptions } from "@conv/core/operators";
import { crossEntropy } from "../losses/crossEntropy.js";
import type { Module } from "../module.js";
import type { Loader } from "./loader.js";

/** The loss of a batch: a scalar, its mean over the examples. */
export type Loss = (y: Variable, target: Tensor) => Variable;

/** How a model does on a dataset. */
export interface Evaluation {
  /** Mean over the examples. */
  readonly loss: number;
  /** Share of the examples whose largest output is that of the label, 0 to 1. */
  readonly accuracy: number;
  /** The class of the largest output, for each example in the loader's order. */
  readonly predictions: readonly number[];
  /** The label of each example. */
  readonly labels: readonly number[];
}

/**
 * Runs the model on every batch, as in use (`eval()`), without recording, and in a scope; it goes on as it was afterwards.
 *
 * @param options `loss`: default `crossEntropy`.
 */
export async function evaluate(
  model: Module,
  loader: Loader,
  options: { readonly loss?: Loss } = {},
): Promise<Evaluation> {
  checkOptions("evaluate", options, ["loss"]);
  const { loss = crossEntropy } = options;
  const modes = modesOf(model);
  model.eval();
  let [total, examples] = [0, 0];
  const predictions: number[] = [];
  const labels: number[] = [];
  try {
    for await (const { x, y } of loader) {
      const run = () => {
        const logits = model.forward(variable(x, { requiresGrad: false }));
        const batchLoss = loss(logits, y);
        return [reshape(batchLoss.value, batchLoss.shape), argmax(logits.value, { dim: 1 })]; // tensors of our own
      };
      const [losses, classes] = scope(() => noGrad(run));
      total += (await losses.data())[0] * x.shape[0];
      examples += x.shape[0];
      for (const prediction of await classes.data()) predictions.push(prediction);
      for (const label of await y.data()) labels.push(label);
      for (const t of [losses, classes]) t.dispose();
    }
  } finally {
    for (const [module, training] of modes) module.training = training;
  }
  const accuracy = countCorrect(predictions, labels) / labels.length;
  return { loss: total / examples, accuracy, predictions, labels };
}

/** Every module with the mode it is in. */
function modesOf(module: Module): [Module, boolean][] {
  return [[module, module.training], ...module.children().flatMap(([, child]) => modesOf(child))];
}

/** How many predictions are those of the labels. */
export function countCorrect(predictions: ArrayLike<number>, labels: ArrayLike<number>): number {
  let correct = 0;
  for (let i = 0; i < labels.length; i++) if (predictions[i] === labels[i]) correct++;
  return correct;
}
