import { add, arange, cast, div, mul, reshape, sub, sum, type Tensor, tensor, where } from "@conv/core";
import type { TensorLike } from "@conv/core/operators";
import { readableOf } from "./originals.js";
import type { Reduction } from "./reduction.js";

/** What labels ask for, all checked that can be. */
interface LabelRule {
  readonly weight: Tensor | undefined;
  readonly ignoreIndex: number;
  readonly labelSmoothing: number;
  readonly reduction: Reduction;
}

/**
 * The targets of labels [N, …] that cannot be looked at at once, for x [N, C, …], computed where they are. A label that is
 * no class, and not to be ignored, makes the factor NaN, and so the loss: it cannot be told otherwise.
 */
export function laterTargets({ shape, dtype, device }: TensorLike, labels: Tensor, rule: LabelRule) {
  const { weight, ignoreIndex, labelSmoothing, reduction } = rule;
  const [batch, classes, ...positions] = shape;
  const perClass = (values: Tensor) => reshape(values, [classes, ...positions.map(() => 1)]);
  const weights = weight && readableOf(weight)?.dataSync();
  const shares = (share: number): Tensor => {
    if (weight !== undefined && weights === undefined) return perClass(mul(cast(weight, dtype).to(device), share));
    const values = Float64Array.from({ length: classes }, (_, c) => share * (weights?.[c] ?? 1));
    return perClass(tensor(values, [classes], { dtype, device }));
  };
  const own = reshape(cast(labels, dtype), [batch, 1, ...positions]);
  const distance = sub(own, perClass(arange(classes, { dtype, device }))); // [N, C, …], 0 at the label's class
  const counts = sub(own, ignoreIndex); // [N, 1, …], 0 where the label is to be ignored
  const rest = labelSmoothing / classes;
  const q = where(counts, where(distance, shares(rest), shares(1 - labelSmoothing + rest)), 0);

  const atLabel = (values: Tensor | number) => sum(where(distance, 0, values), { dim: 1, keepDim: true }); // [N, 1, …]
  const flaws = where(counts, where(sub(atLabel(1), 1), Number.NaN, 0), 0); // NaN where the label is no class, else 0
  if (reduction === "none") return { q, factor: add(reshape(flaws, [batch, ...positions]), -1) };
  if (reduction === "sum") return { q, factor: add(sum(flaws), -1) };
  return { q, factor: div(-1, add(sum(where(counts, atLabel(shares(1)), 0)), sum(flaws))) };
}
