import { lpPool1d, lpPool2d, lpPool3d, type Variable } from "@conv/autograd";
import type { LpPoolOptions, Tensor } from "@conv/core";
import { checkNormType } from "@conv/core/operators";
import { type KernelSize, PoolLayer } from "./poolLayer.js";

type Pool = (x: Variable | Tensor, normType: number, kernelSize: KernelSize, options: LpPoolOptions) => Variable;

abstract class LPPool extends PoolLayer<LpPoolOptions> {
  readonly normType: number;

  constructor(
    layer: string,
    pool: Pool,
    rank: number,
    normType: number,
    kernelSize: KernelSize,
    options: LpPoolOptions,
  ) {
    super(layer, (x, size, o) => pool(x, normType, size, o), rank, kernelSize, options, ["stride", "ceilMode"]);
    this.normType = checkNormType(layer, normType, rank);
  }
}

/** The p-norm of every window of a signal: x [N, C, W] → [N, C, OW]. See `LPPool2d`. */
export class LPPool1d extends LPPool {
  constructor(normType: number, kernelSize: KernelSize, options: LpPoolOptions = {}) {
    super("LPPool1d", lpPool1d, 1, normType, kernelSize, options);
  }
}

/**
 * The p-norm of every window, (Σ xᵖ)^{1/p} with p = normType: x [N, C, H, W] → [N, C, OH, OW]. As in PyTorch, x is not made
 * positive first.
 *
 * `stride` = kernelSize, in pixels, one number or [rows, columns]; `ceilMode` false.
 *
 * @throws {RangeError} When normType is not positive and finite, or a size not a positive integer.
 * @throws {TypeError} When an option is unknown.
 * @see Sermanet, Chintala and LeCun, "Convolutional neural networks applied to house numbers digit classification"
 *   (arXiv:1204.3968).
 */
export class LPPool2d extends LPPool {
  constructor(normType: number, kernelSize: KernelSize, options: LpPoolOptions = {}) {
    super("LPPool2d", lpPool2d, 2, normType, kernelSize, options);
  }
}

/** The p-norm of every window of a volume: x [N, C, D, H, W] → [N, C, OD, OH, OW]. See `LPPool2d`. */
export class LPPool3d extends LPPool {
  constructor(normType: number, kernelSize: KernelSize, options: LpPoolOptions = {}) {
    super("LPPool3d", lpPool3d, 3, normType, kernelSize, options);
  }
}
