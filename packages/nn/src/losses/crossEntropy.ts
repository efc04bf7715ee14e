import { logSoftmax, type Variable } from "@conv/autograd";
import type { Tensor } from "@conv/core";
import { checkOptions, expectTensor, formatValue, tidy } from "@conv/core/operators";
import { classTargets, expectedLoss } from "./classTargets.js";
import type { NllLossOptions } from "./nllLoss.js";
import { probabilityTargets } from "./probabilityTargets.js";

/** The options of `crossEntropy`. */
export interface CrossEntropyOptions extends NllLossOptions {
  /** Share of the target that is spread evenly over all classes, 0 to 1. Default 0. */
  readonly labelSmoothing?: number;
}

/**
 * The negative log-probability of the labels under softmax(logits), `nllLoss` of `logSoftmax`:
 *
 *     loss[n] = − Σ q[n, c] · weight[c] · ln softmax(logits)[n, c]     over classes c
 *
 * q is 1 at the label and 0 elsewhere, or with label smoothing ε: 1 − ε + ε/C and ε/C. A target of the logits' shape is q itself,
 * a probability for each class; with label smoothing (1 − ε)·q + ε/C. Its mean is over all examples, whatever the weights.
 *
 * @param logits [N, C, …].
 * @param target Labels [N, …], integers from 0 to C − 1; or probabilities [N, C, …], of the type of the logits.
 * @returns A scalar, or [N, …] with reduction `"none"`.
 * @throws {ShapeError} When the target's shape is neither that of the logits nor that without classes.
 * @throws {RangeError} When a label is no class, or an option is out of range.
 * @throws {TypeError} When logits, target or weight is no tensor, or probabilities are of another type.
 * @see `torch.nn.functional.cross_entropy`, the same map.
 */
export function crossEntropy(logits: Variable, target: Tensor | Variable, options: CrossEntropyOptions = {}): Variable {
  checkOptions("crossEntropy", options, ["weight", "ignoreIndex", "labelSmoothing", "reduction"]);
  const { labelSmoothing = 0 } = options;
  if (typeof labelSmoothing !== "number" || !(labelSmoothing >= 0 && labelSmoothing <= 1)) {
    throw new RangeError(`crossEntropy: labelSmoothing must be 0 to 1, got ${formatValue(labelSmoothing)}.`);
  }
  expectTensor("crossEntropy", "logits", logits);
  expectTensor("crossEntropy", "target", target);
  return tidy(() => {
    const isLabel = logits.shape.length < 2 || logits.shape.length !== target.shape.length;
    const targetsOf = isLabel ? classTargets : probabilityTargets;
    const targets = targetsOf("crossEntropy", "logits", logits, target, options); // first: its errors name logits
    return expectedLoss(logSoftmax(logits, 1), targets);
  });
}
