import {
  adaptiveAvgPool1d,
  adaptiveAvgPool2d,
  adaptiveAvgPool3d,
  adaptiveMaxPool1d,
  adaptiveMaxPool2d,
  adaptiveMaxPool3d,
  type Variable,
} from "@conv/autograd";
import type { OutputSize, Tensor } from "@conv/core";
import { adaptivePoolGeometry } from "@conv/core/operators";
import { Module } from "../module.js";

type Pool = (x: Variable | Tensor, outputSize: OutputSize) => Variable;

abstract class AdaptivePool extends Module {
  readonly outputSize: OutputSize;
  readonly #pool: Pool;

  constructor(layer: string, pool: Pool, rank: number, outputSize: OutputSize) {
    super();
    adaptivePoolGeometry(layer, rank, [1, ...new Array(rank).fill(1)], outputSize);
    this.outputSize = outputSize;
    this.#pool = pool;
  }

  override get ownForward(): unknown {
    return AdaptivePool.prototype.forward;
  }

  forward(x: Variable | Tensor): Variable {
    return this.#pool(x, this.outputSize);
  }
}

/** The means of `outputSize` windows that cover a signal: x [N, C, W] → [N, C, outputSize]. See `AdaptiveAvgPool2d`. */
export class AdaptiveAvgPool1d extends AdaptivePool {
  constructor(outputSize: OutputSize) {
    super("AdaptiveAvgPool1d", adaptiveAvgPool1d, 1, outputSize);
  }
}

/**
 * The means of windows that cover the image as evenly as they can, whatever its size: x [N, C, H, W] → [N, C, …outputSize].
 *
 * `outputSize` is one number or [rows, columns]; null keeps an axis as it is.
 *
 * @throws {RangeError} When a size is not an integer of at least 0.
 * @throws {TypeError} When there is not one number, or one for each spatial axis.
 * @see He, Zhang, Ren and Sun, "Spatial pyramid pooling in deep convolutional networks" (arXiv:1406.4729).
 */
export class AdaptiveAvgPool2d extends AdaptivePool {
  constructor(outputSize: OutputSize) {
    super("AdaptiveAvgPool2d", adaptiveAvgPool2d, 2, outputSize);
  }
}

/** The means of windows that cover a volume: x [N, C, D, H, W] → [N, C, …outputSize]. See `AdaptiveAvgPool2d`. */
export class AdaptiveAvgPool3d extends AdaptivePool {
  constructor(outputSize: OutputSize) {
    super("AdaptiveAvgPool3d", adaptiveAvgPool3d, 3, outputSize);
  }
}

/** The largest elements of windows that cover a signal: x [N, C, W] → [N, C, outputSize]. See `AdaptiveMaxPool2d`. */
export class AdaptiveMaxPool1d extends AdaptivePool {
  constructor(outputSize: OutputSize) {
    super("AdaptiveMaxPool1d", adaptiveMaxPool1d, 1, outputSize);
  }
}

/**
 * The largest pixels of windows that cover the image as evenly as they can: x [N, C, H, W] → [N, C, …outputSize]. Sizes and
 * errors: as for `AdaptiveAvgPool2d`.
 */
export class AdaptiveMaxPool2d extends AdaptivePool {
  constructor(outputSize: OutputSize) {
    super("AdaptiveMaxPool2d", adaptiveMaxPool2d, 2, outputSize);
  }
}

/** The largest voxels of windows that cover a volume: x [N, C, D, H, W] → [N, C, …outputSize]. See `AdaptiveMaxPool2d`. */
export class AdaptiveMaxPool3d extends AdaptivePool {
  constructor(outputSize: OutputSize) {
    super("AdaptiveMaxPool3d", adaptiveMaxPool3d, 3, outputSize);
  }
}
