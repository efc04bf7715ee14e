import { Variable, variable } from "@conv/autograd";
import { argmax, ShapeError, type Tensor } from "@conv/core";
import { formatShape, formatValue, isSameShape } from "@conv/core/operators";
import type { Module } from "../module.js";

/** The loss of a batch: a scalar, its mean over the examples. */
export type Loss = (y: Variable, target: Tensor) => Variable;

/** What the model makes of a batch, and the loss, checked. */
export function outcomeOf(name: string, model: Module, x: Tensor, y: Tensor, loss: Loss) {
  const outputs = model.forward(variable(x, { requiresGrad: false }));
  return { outputs, batchLoss: lossOf(name, loss, outputs, y) };
}

function lossOf(name: string, loss: Loss, y: Variable, target: Tensor): Variable {
  const value: unknown = loss(y, target);
  if (!(value instanceof Variable)) {
    throw new TypeError(
      `${name}: the loss must return a Variable, got ${formatValue(value)}. Compute it with operators.`,
    );
  }
  if (value.size !== 1) {
    throw new ShapeError(
      `${name}: the loss must be a scalar, but has shape ${formatShape(value.shape)}. Take its mean: { reduction: "mean" }.`,
    );
  }
  return value;
}

/**
 * The classes with the largest outputs, if the targets may be labels: there are at least two, and y has the shape of the
 * outputs [N, C, …] without C.
 */
export function classesOf(outputs: Variable, { shape }: Tensor): Tensor | undefined {
  if (!(outputs instanceof Variable) || outputs.shape.length < 2) return undefined;
  const [batch, classes, ...positions] = outputs.shape;
  const isLabels = classes > 1 && isSameShape(shape, [batch, ...positions]);
  return isLabels && outputs.size > 0 ? argmax(outputs.value, { dim: 1 }) : undefined;
}

/** How many predictions are those of the labels; NaN if there are none, or the targets are numbers between classes. */
export function countCorrect(predictions: ArrayLike<number> | undefined, labels: ArrayLike<number>): number {
  if (predictions === undefined) return Number.NaN;
  let correct = 0;
  for (let i = 0; i < labels.length; i++) {
    if (!Number.isInteger(labels[i])) return Number.NaN;
    if (predictions[i] === labels[i]) correct++;
  }
  return correct;
}
