import { checkTensors } from "../device/defineKernel.js";
import { mul, pow } from "../maps/arithmetic.js";
import { checkNumber, checkOptions, expectTensor } from "../options.js";
import { tidy } from "../scope.js";
import { sizeOf } from "../shape.js";
import type { Tensor, TensorLike } from "../tensor.js";
import { type AvgPoolSteps, avgPoolKernel } from "./avgPool.js";
import { type PoolSizeOptions, poolGeometry } from "./geometry.js";
import { spatialRank } from "./globalPool.js";

/** The options of `lpPool`. */
export type LpPoolOptions = Pick<PoolSizeOptions, "stride" | "ceilMode">;

/** The steps of an Lp pooling as users call it; on tensors, or on Variables that remember them. */
export interface LpPoolSteps<X, Y = X> extends AvgPoolSteps<X, Y> {
  pow(x: X, exponent: number): Y;
  mul(x: X, factor: number): Y;
  /** x^{1/degree}. */
  root(x: X, degree: number): Y;
}

type LpPool<X, Y = X> = (x: X, normType: number, kernelSize: number | readonly number[], options?: LpPoolOptions) => Y;

/**
 * The p of a p-norm.
 *
 * @throws {RangeError} When it is not positive and finite.
 */
export function checkNormType(operator: string, normType: number, rank: number): number {
  if (!(checkNumber(operator, "normType", normType) > 0) || normType === Number.POSITIVE_INFINITY) {
    const instead = normType > 0 ? `Use maxPool${rank}d for the maximum.` : "Use 1 for sums, 2 for Euclidean norms.";
    throw new RangeError(`${operator}: normType must be a positive, finite number, got ${normType}. ${instead}`);
  }
  return normType;
}

/** The Lp pooling made of the given steps, of spatial rank `rank`, or of that of x. */
/* @__NO_SIDE_EFFECTS__ */
export function lpPooling<X extends TensorLike, Y extends X = X>(
  steps: LpPoolSteps<X, Y>,
  rank?: number,
): LpPool<X, Y> {
  const operator = rank === undefined ? "lpPool" : `lpPool${rank}d`;
  return (x, normType, kernelSize, options = {}) => {
    expectTensor(operator, "x", x);
    const axes = rank ?? spatialRank(operator, x);
    checkTensors(operator, "floating", [x]);
    checkOptions(operator, options, ["stride", "ceilMode"]);
    checkNormType(operator, normType, axes);
    const geometry = poolGeometry(operator, axes, x.shape, kernelSize, options);
    return tidy(() => {
      const sums = steps.mul(steps.avgPool(steps.pow(x, normType), geometry), sizeOf(geometry.kernelSize));
      return steps.root(sums, normType);
    });
  };
}

const steps: LpPoolSteps<Tensor> = {
  avgPool: avgPoolKernel,
  pow,
  mul,
  root: (x, degree) => pow(x, 1 / degree),
};

/**
 * The p-norm of every window: (Σ xᵖ)^{1/p}. p = 1 gives sums, p = 2 Euclidean norms; as p grows it tends to max pooling.
 * As in PyTorch, x is not made positive first, so that an odd p can give NaN; and in `ceilMode` a partial last window
 * counts as if its mean went on: its sum is multiplied by window / pixels seen.
 *
 * @param x [N, C, …] with 1 to 3 spatial axes, float32 or float64.
 * @param normType p, positive.
 * @param kernelSize The window in pixels, one number or one for each spatial axis.
 * @param options `stride` = kernelSize, `ceilMode` false.
 * @throws {RangeError} When p is not positive and finite.
 * @see Sermanet, Chintala and LeCun, "Convolutional neural networks applied to house numbers digit classification"
 *   (arXiv:1204.3968).
 * @example
 * lpPool(tensor([[[3, 4, 6, 8]]]), 2, 2); // [[[5, 10]]]
 */
export const lpPool: LpPool<Tensor> = /* @__PURE__ */ lpPooling<Tensor>(steps);

/** The p-norm of every window of a signal: `lpPool` of x [N, C, W]. */
export const lpPool1d: LpPool<Tensor> = /* @__PURE__ */ lpPooling<Tensor>(steps, 1);
/** The p-norm of every window of an image: `lpPool` of x [N, C, H, W]. */
export const lpPool2d: LpPool<Tensor> = /* @__PURE__ */ lpPooling<Tensor>(steps, 2);
/** The p-norm of every window of a volume: `lpPool` of x [N, C, D, H, W]. */
export const lpPool3d: LpPool<Tensor> = /* @__PURE__ */ lpPooling<Tensor>(steps, 3);
