import { mul, sum, Variable, where } from "@conv/autograd";
import { type Shape, ShapeError, type Tensor, tensor } from "@conv/core";
import { checkInteger, checkTensors, expectShape, expectTensor, formatShape, held, sizeOf } from "@conv/core/operators";
import { laterTargets } from "./laterTargets.js";
import { readableOf } from "./originals.js";
import { type LossOptions, type Reduction, reductionOf } from "./reduction.js";

/** What labels ask of the probabilities of the classes. */
export interface ClassTargets {
  /** q·weight for every example and class, 0 where ignored: [N, C, …]. */
  readonly q: Tensor | Variable;
  /**
   * What the sums of q·weight·logProbs are multiplied with: −1, for the mean divided by the sum of the weights of the labels. A
   * tensor where labels could not be looked at: with reduction "none" of their shape, and NaN for those that are no classes.
   */
  readonly factor: number | Tensor;
  readonly reduction: Reduction;
}

/** The options of the losses of labels. */
export interface ClassTargetOptions extends LossOptions {
  /** [C], a weight for each class. Default: all 1. */
  readonly weight?: Tensor;
  /** Label of examples that do not count. Default −100. */
  readonly ignoreIndex?: number;
  /** Default `"mean"`: divided by the sum of the targets' weights. */
  readonly reduction?: Reduction;
}

/**
 * The targets that labels [N, …] set for x [N, C, …]: q is 1 at the label and 0 elsewhere, or with label smoothing ε:
 * 1 − ε + ε/C and ε/C. Labels that can be read at once are checked; others, or with such weights, are not looked at.
 *
 * @param input What the operator calls x.
 * @throws {ShapeError} When the labels' shape is not that of x without classes.
 * @throws {RangeError} When a label is no class, or `reduction` none of its words.
 */
export function classTargets(
  operator: string,
  input: string,
  x: Variable,
  labels: Tensor | Variable,
  options: ClassTargetOptions & { readonly labelSmoothing?: number },
): ClassTargets {
  const { ignoreIndex = -100, labelSmoothing = 0, weight } = options;
  checkInteger(operator, "ignoreIndex", ignoreIndex, Number.NEGATIVE_INFINITY);
  const reduction = reductionOf(operator, options);
  const { shape, dtype, device } = x;
  const { classes, inner } = checkShapes(operator, input, shape, labels, weight);
  const [known, knownWeight] = [readableOf(labels), weight && readableOf(weight)];
  const rule = { weight, ignoreIndex, labelSmoothing, reduction };
  if (known === undefined) {
    checkTensors(operator, "any", [x, labels]);
    return { ...laterTargets(x, labels instanceof Variable ? labels[held] : labels, rule), reduction };
  }
  const weights = knownWeight?.dataSync() ?? new Float64Array(classes).fill(1);
  const q = new Float64Array(sizeOf(shape));
  let totalWeight = 0;
  known.dataSync().forEach((label, at) => {
    if (label === ignoreIndex) return;
    if (!Number.isInteger(label) || label < 0 || label >= classes) {
      throw new RangeError(
        `${operator}: label ${label} is not one of the ${classes} classes 0 to ${classes - 1} of ${input} ${formatShape(shape)}. ` +
          "Use ignoreIndex for examples that do not count.",
      );
    }
    totalWeight += weights[label];
    const first = Math.floor(at / inner) * classes * inner + (at % inner);
    for (let c = 0; c < classes; c++) {
      const share = (c === label ? 1 - labelSmoothing : 0) + labelSmoothing / classes;
      q[first + c * inner] = share * weights[c];
    }
  });
  if (weight !== undefined && knownWeight === undefined)
    return { ...laterTargets(x, known.to(device), rule), reduction };
  const factor = reduction === "mean" ? -1 / totalWeight : -1;
  return { q: tensor(q, shape, { dtype, device }), factor, reduction };
}

/** How many classes there are, and how many positions each has in an example. */
function checkShapes(operator: string, input: string, shape: Shape, labels: Tensor | Variable, weight?: Tensor) {
  if (shape.length < 2) {
    throw new ShapeError(`${operator}: ${input} must have at least two axes, [N, C, …], got ${formatShape(shape)}.`);
  }
  const [batch, classes, ...positions] = shape;
  expectShape(operator, "labels", labels.shape, [batch, ...positions]);
  if (weight === undefined) return { classes, inner: sizeOf(positions) };
  expectTensor(operator, "weight", weight);
  expectShape(operator, "weight", weight.shape, [classes]);
  return { classes, inner: sizeOf(positions) };
}

/** − Σ q·weight · logProbs over the classes of every example, reduced. */
export function expectedLoss(logProbs: Variable, { q, factor, reduction }: ClassTargets): Variable {
  const products = mul(logProbs, q);
  // A class of probability 0, logarithm −∞, costs nothing where it is no target: not 0·∞. Unless a target is to learn.
  const losses = "requiresGrad" in q && q.requiresGrad ? products : where(q, products, 0);
  return mul(reduction === "none" ? sum(losses, { dim: 1 }) : sum(losses), factor);
}
