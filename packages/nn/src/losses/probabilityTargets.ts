import { add, mul, type Variable } from "@conv/autograd";
import { cast, reshape, type Tensor } from "@conv/core";
import { expectShape, expectTensor, sizeOf } from "@conv/core/operators";
import type { ClassTargetOptions, ClassTargets } from "./classTargets.js";
import { expectAlike } from "./difference.js";
import { reductionOf } from "./reduction.js";

/**
 * The targets that probabilities [N, C, …] of the classes set: q is what they are, or with label smoothing ε: (1 − ε)·q + ε/C.
 * Unlike that of labels their mean is over all examples, whatever the weights, as in PyTorch.
 *
 * @param input What the operator calls x.
 * @throws {TypeError} When they are not of the type of x, or `ignoreIndex` is given, which is for labels.
 */
export function probabilityTargets(
  operator: string,
  input: string,
  x: Variable,
  probabilities: Tensor | Variable,
  options: ClassTargetOptions & { readonly labelSmoothing?: number },
): ClassTargets {
  const { ignoreIndex, labelSmoothing = 0, weight } = options;
  const reduction = reductionOf(operator, options);
  expectAlike(operator, input, x, probabilities);
  if (ignoreIndex !== undefined) {
    throw new TypeError(
      `${operator}: ignoreIndex is for labels, but the target has the shape of ${input}, a probability for each class. Leave it ` +
        "out; a row of zeros adds nothing.",
    );
  }
  const [batch, classes, ...positions] = x.shape;
  const smoothed = labelSmoothing === 0 ? probabilities : smooth(probabilities, labelSmoothing, classes);
  const factor = reduction === "mean" ? -1 / (batch * sizeOf(positions)) : -1;
  if (weight === undefined) return { q: smoothed, factor, reduction };
  expectTensor(operator, "weight", weight);
  expectShape(operator, "weight", weight.shape, [classes]);
  const weights = reshape(cast(weight, x.dtype).to(x.device), [classes, ...positions.map(() => 1)]);
  return { q: mul(smoothed, weights), factor, reduction };
}

/** (1 − ε)·q + ε/C. */
function smooth(q: Tensor | Variable, epsilon: number, classes: number): Variable {
  return add(mul(q, 1 - epsilon), epsilon / classes);
}
