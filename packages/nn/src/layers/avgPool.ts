import { avgPool1d, avgPool2d, avgPool3d, type Variable } from "@conv/autograd";
import type { AvgPoolOptions, Tensor } from "@conv/core";
import { Module } from "../module.js";
import { checkPool, type KernelSize } from "./poolLayer.js";

const OPTIONS = ["stride", "padding", "ceilMode", "countIncludePad", "divisorOverride"];

type Pool = (x: Variable | Tensor, kernelSize: KernelSize, options: AvgPoolOptions) => Variable;

abstract class AvgPool extends Module {
  readonly kernelSize: KernelSize;
  readonly options: AvgPoolOptions;
  readonly #pool: Pool;

  constructor(layer: string, pool: Pool, rank: number, kernelSize: KernelSize, options: AvgPoolOptions) {
    super();
    checkPool(layer, rank, kernelSize, options, OPTIONS);
    this.kernelSize = kernelSize;
    this.options = { ...options };
    this.#pool = pool;
  }

  override get ownForward(): unknown {
    return AvgPool.prototype.forward;
  }

  forward(x: Variable | Tensor): Variable {
    return this.#pool(x, this.kernelSize, this.options);
  }
}

/** The mean of every window of a signal: x [N, C, W] → [N, C, OW]. See `AvgPool2d`. */
export class AvgPool1d extends AvgPool {
  constructor(kernelSize: KernelSize, options: AvgPoolOptions = {}) {
    super("AvgPool1d", avgPool1d, 1, kernelSize, options);
  }
}

/**
 * The mean of every window: x [N, C, H, W] → [N, C, OH, OW].
 *
 * `stride` = kernelSize, `padding` 0 in pixels, one number or [rows, columns]; `ceilMode` false; `countIncludePad` true;
 * `divisorOverride` none.
 *
 * @throws {RangeError} When a size is not an integer in its range.
 * @throws {ShapeError} When padding exceeds half a window.
 * @throws {TypeError} When an option is unknown.
 */
export class AvgPool2d extends AvgPool {
  constructor(kernelSize: KernelSize, options: AvgPoolOptions = {}) {
    super("AvgPool2d", avgPool2d, 2, kernelSize, options);
  }
}

/** The mean of every window of a volume: x [N, C, D, H, W] → [N, C, OD, OH, OW]. See `AvgPool2d`. */
export class AvgPool3d extends AvgPool {
  constructor(kernelSize: KernelSize, options: AvgPoolOptions = {}) {
    super("AvgPool3d", avgPool3d, 3, kernelSize, options);
  }
}
