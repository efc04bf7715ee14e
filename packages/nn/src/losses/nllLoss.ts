import type { Variable } from "@conv/autograd";
import type { Tensor } from "@conv/core";
import { checkOptions, expectTensor, tidy } from "@conv/core/operators";
import { type ClassTargetOptions, classTargets, expectedLoss } from "./classTargets.js";

/** The options of `nllLoss`. */
export type NllLossOptions = ClassTargetOptions;

/**
 * The negative log-probability of the labels:
 *
 *     loss[n] = − weight[labels[n]] · logProbs[n, labels[n]]
 *
 * @param logProbs [N, C, …], as `logSoftmax` gives them. Of scores, `crossEntropy` is the same loss.
 * @param labels [N, …], integers from 0 to C − 1.
 * @param options `weight`: [C], default all 1. `ignoreIndex`: the label of examples that do not count, default −100.
 *   `reduction`: default `"mean"`, divided by the sum of the labels' weights.
 * @returns A scalar, or [N, …] with reduction `"none"`.
 * @throws {ShapeError} When the labels' shape is not that of logProbs without classes.
 * @throws {RangeError} When a label is no class, or `reduction` none of its words.
 * @see `torch.nn.functional.nll_loss`, the same map.
 * @example
 * nllLoss(logSoftmax(logits, 1), labels); // crossEntropy(logits, labels)
 */
export function nllLoss(logProbs: Variable, labels: Tensor | Variable, options: NllLossOptions = {}): Variable {
  checkOptions("nllLoss", options, ["weight", "ignoreIndex", "reduction"]);
  expectTensor("nllLoss", "logProbs", logProbs);
  expectTensor("nllLoss", "labels", labels);
  return tidy(() => expectedLoss(logProbs, classTargets("nllLoss", "logProbs", logProbs, labels, options)));
}
