import { logSoftmax, mul, neg, sum, type Variable, where } from "@conv/autograd";
import {
  checkOptions,
  expectShape,
  formatShape,
  formatValue,
  type Shape,
  ShapeError,
  sizeOf,
  type Tensor,
  tensor,
} from "@conv/core";

/** How the losses of a batch become one: their mean, their sum, or not at all. */
export type Reduction = "mean" | "sum" | "none";

/** The options of `crossEntropy`. */
export interface CrossEntropyOptions {
  /** [C], a weight for each class. Default: all 1. */
  readonly weight?: Tensor;
  /** Label of examples that do not count. Default −100. */
  readonly ignoreIndex?: number;
  /** Share of the target that is spread evenly over all classes, 0 to 1. Default 0. */
  readonly labelSmoothing?: number;
  /** Default `"mean"`: divided by the sum of the targets' weights. */
  readonly reduction?: Reduction;
}

/**
 * The negative log-probability of the labels under softmax(logits):
 *
 *     loss[n] = − Σ q[n, c] · weight[c] · ln softmax(logits)[n, c]     over classes c
 *
 * q is 1 at the label and 0 elsewhere, or with label smoothing ε: 1 − ε + ε/C and ε/C.
 *
 * @param logits [N, C, …].
 * @param labels [N, …], integers from 0 to C − 1.
 * @returns A scalar, or [N, …] with reduction `"none"`.
 * @throws {ShapeError} When the labels' shape is not that of the logits without classes.
 * @throws {RangeError} When a label is no class, or an option is out of range.
 * @see `torch.nn.functional.cross_entropy`, the same map.
 */
export function crossEntropy(logits: Variable, labels: Tensor | Variable, options: CrossEntropyOptions = {}): Variable {
  checkOptions("crossEntropy", options, ["weight", "ignoreIndex", "labelSmoothing", "reduction"]);
  const { reduction = "mean" } = options;
  if (!["mean", "sum", "none"].includes(reduction)) {
    throw new RangeError(`crossEntropy: reduction must be "mean", "sum" or "none", got ${formatValue(reduction)}.`);
  }
  const { targets, totalWeight } = weightedTargets(logits.shape, labels, options);
  const { dtype, device } = logits;
  const q = tensor(targets, logits.shape, { dtype, device });
  // A class of probability 0, logit −∞, costs nothing where it is no target: not 0·∞.
  const losses = where(q, mul(logSoftmax(logits, 1), q), 0);
  if (reduction === "none") return neg(sum(losses, { dim: 1 }));
  return mul(sum(losses), reduction === "mean" ? -1 / totalWeight : -1);
}

/** q·weight for every example and class, 0 where ignored; and the sum of the weights of the labels. */
function weightedTargets(shape: Shape, labels: Tensor | Variable, options: CrossEntropyOptions) {
  const { ignoreIndex = -100, labelSmoothing = 0, weight } = options;
  if (shape.length < 2) {
    throw new ShapeError(`crossEntropy: logits must have at least two axes, [N, C, …], got ${formatShape(shape)}.`);
  }
  if (!(labelSmoothing >= 0 && labelSmoothing <= 1)) {
    throw new RangeError(`crossEntropy: labelSmoothing must be 0 to 1, got ${formatValue(labelSmoothing)}.`);
  }
  const [batch, classes, ...positions] = shape;
  expectShape("crossEntropy", "labels", labels.shape, [batch, ...positions]);
  if (weight !== undefined) expectShape("crossEntropy", "weight", weight.shape, [classes]);
  const weights = weight?.dataSync() ?? new Float64Array(classes).fill(1);

  const inner = sizeOf(positions);
  const targets = new Float64Array(sizeOf(shape));
  let totalWeight = 0;
  labels.dataSync().forEach((label, at) => {
    if (label === ignoreIndex) return;
    if (!Number.isInteger(label) || label < 0 || label >= classes) {
      throw new RangeError(
        `crossEntropy: label ${label} is not one of the ${classes} classes 0 to ${classes - 1} of logits ${formatShape(shape)}. ` +
          "Use ignoreIndex for examples that do not count.",
      );
    }
    totalWeight += weights[label];
    const first = Math.floor(at / inner) * classes * inner + (at % inner);
    for (let c = 0; c < classes; c++) {
      const q = (c === label ? 1 - labelSmoothing : 0) + labelSmoothing / classes;
      targets[first + c * inner] = q * weights[c];
    }
  });
  return { targets, totalWeight };
}
