import { maxPool1d, maxPool2d, maxPool3d, type Variable } from "@conv/autograd";
import type { MaxPoolOptions, Tensor } from "@conv/core";
import { Module } from "../module.js";
import { checkPool, type KernelSize } from "./poolLayer.js";

const OPTIONS = ["stride", "padding", "dilation", "ceilMode"];

type Pool = (x: Variable | Tensor, kernelSize: KernelSize, options: MaxPoolOptions) => Variable;

abstract class MaxPool extends Module {
  readonly kernelSize: KernelSize;
  readonly options: MaxPoolOptions;
  readonly #pool: Pool;

  constructor(layer: string, pool: Pool, rank: number, kernelSize: KernelSize, options: MaxPoolOptions) {
    super();
    checkPool(layer, rank, kernelSize, options, OPTIONS);
    this.kernelSize = kernelSize;
    this.options = { ...options };
    this.#pool = pool;
  }

  override get ownForward(): unknown {
    return MaxPool.prototype.forward;
  }

  forward(x: Variable | Tensor): Variable {
    return this.#pool(x, this.kernelSize, this.options);
  }
}

/** The largest element of every window of a signal: x [N, C, W] → [N, C, OW]. See `MaxPool2d`. */
export class MaxPool1d extends MaxPool {
  constructor(kernelSize: KernelSize, options: MaxPoolOptions = {}) {
    super("MaxPool1d", maxPool1d, 1, kernelSize, options);
  }
}

/**
 * The largest pixel of every window: x [N, C, H, W] → [N, C, OH, OW].
 *
 * `stride` = kernelSize, `padding` 0, `dilation` 1 in pixels, one number or [rows, columns]; `ceilMode` false.
 *
 * @throws {RangeError} When a size is not an integer in its range.
 * @throws {ShapeError} When padding exceeds half a window.
 * @throws {TypeError} When an option is unknown.
 */
export class MaxPool2d extends MaxPool {
  constructor(kernelSize: KernelSize, options: MaxPoolOptions = {}) {
    super("MaxPool2d", maxPool2d, 2, kernelSize, options);
  }
}

/** The largest voxel of every window of a volume: x [N, C, D, H, W] → [N, C, OD, OH, OW]. See `MaxPool2d`. */
export class MaxPool3d extends MaxPool {
  constructor(kernelSize: KernelSize, options: MaxPoolOptions = {}) {
    super("MaxPool3d", maxPool3d, 3, kernelSize, options);
  }
}
