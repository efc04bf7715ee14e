import { avgPool1d, avgPool2d, avgPool3d } from "@conv/autograd";
import type { AvgPoolOptions } from "@conv/core";
import { type KernelSize, PoolLayer } from "./poolLayer.js";

const OPTIONS = ["stride", "padding", "ceilMode", "countIncludePad", "divisorOverride"];

/** The mean of every window of a signal: x [N, C, W] → [N, C, OW]. See `AvgPool2d`. */
export class AvgPool1d extends PoolLayer<AvgPoolOptions> {
  constructor(kernelSize: KernelSize, options: AvgPoolOptions = {}) {
    super("AvgPool1d", avgPool1d, 1, kernelSize, options, OPTIONS);
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
export class AvgPool2d extends PoolLayer<AvgPoolOptions> {
  constructor(kernelSize: KernelSize, options: AvgPoolOptions = {}) {
    super("AvgPool2d", avgPool2d, 2, kernelSize, options, OPTIONS);
  }
}

/** The mean of every window of a volume: x [N, C, D, H, W] → [N, C, OD, OH, OW]. See `AvgPool2d`. */
export class AvgPool3d extends PoolLayer<AvgPoolOptions> {
  constructor(kernelSize: KernelSize, options: AvgPoolOptions = {}) {
    super("AvgPool3d", avgPool3d, 3, kernelSize, options, OPTIONS);
  }
}
