import { mean, sum, type Variable } from "@conv/autograd";
import { formatValue } from "@conv/core/operators";

/** How the losses of a batch become one: their mean, their sum, or not at all. */
export type Reduction = "mean" | "sum" | "none";

/** The options of a loss that has no others. */
export interface LossOptions {
  /** Default `"mean"`: over all elements. */
  readonly reduction?: Reduction;
}

/**
 * The option `reduction` of a loss, `"mean"` if it is not given.
 *
 * @throws {RangeError} When it is another word.
 */
export function reductionOf(operator: string, { reduction = "mean" }: LossOptions): Reduction {
  if (!["mean", "sum", "none"].includes(reduction)) {
    throw new RangeError(`${operator}: reduction must be "mean", "sum" or "none", got ${formatValue(reduction)}.`);
  }
  return reduction;
}

/** The losses of all elements as `reduction` has it. */
export function reduce(losses: Variable, reduction: Reduction): Variable {
  if (reduction === "none") return losses;
  return reduction === "mean" ? mean(losses) : sum(losses);
}
