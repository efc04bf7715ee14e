import { maxPool1d, maxPool2d, maxPool3d } from "@conv/autograd";
import type { MaxPoolOptions } from "@conv/core";
import { type KernelSize, PoolLayer } from "./poolLayer.js";

const OPTIONS = ["stride", "padding", "dilation", "ceilMode"];

/** The largest element of every window of a signal: x [N, C, W] → [N, C, OW]. See `MaxPool2d`. */
export class MaxPool1d extends PoolLayer<MaxPoolOptions> {
  constructor(kernelSize: KernelSize, options: MaxPoolOptions = {}) {
    super("MaxPool1d", maxPool1d, 1, kernelSize, options, OPTIONS);
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
export class MaxPool2d extends PoolLayer<MaxPoolOptions> {
  constructor(kernelSize: KernelSize, options: MaxPoolOptions = {}) {
    super("MaxPool2d", maxPool2d, 2, kernelSize, options, OPTIONS);
  }
}

/** The largest voxel of every window of a volume: x [N, C, D, H, W] → [N, C, OD, OH, OW]. See `MaxPool2d`. */
export class MaxPool3d extends PoolLayer<MaxPoolOptions> {
  constructor(kernelSize: KernelSize, options: MaxPoolOptions = {}) {
    super("MaxPool3d", maxPool3d, 3, kernelSize, options, OPTIONS);
  }
}
