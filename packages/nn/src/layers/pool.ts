import { avgPool1d, avgPool2d, avgPool3d, maxPool1d, maxPool2d, maxPool3d, type Variable } from "@conv/autograd";
import type { AvgPoolOptions, MaxPoolOptions, Tensor } from "@conv/core";
import { checkOptions } from "@conv/core/operators";
import { Module } from "../module.js";

type KernelSize = number | readonly number[];

abstract class MaxPool extends Module {
  constructor(
    readonly kernelSize: KernelSize,
    readonly options: MaxPoolOptions = {},
  ) {
    super();
    checkOptions("MaxPool", options, ["stride", "padding", "dilation", "ceilMode"]);
  }
}

abstract class AvgPool extends Module {
  constructor(
    readonly kernelSize: KernelSize,
    readonly options: AvgPoolOptions = {},
  ) {
    super();
    checkOptions("AvgPool", options, ["stride", "padding", "ceilMode", "countIncludePad", "divisorOverride"]);
  }
}

/** The largest element of every window of a signal: x [N, C, W] → [N, C, OW]. */
export class MaxPool1d extends MaxPool {
  override get ownForward(): unknown {
    return MaxPool1d.prototype.forward;
  }

  forward(x: Variable | Tensor): Variable {
    return maxPool1d(x, this.kernelSize, this.options);
  }
}

/** The largest pixel of every window: x [N, C, H, W] → [N, C, OH, OW]. `stride` = kernelSize by default. */
export class MaxPool2d extends MaxPool {
  override get ownForward(): unknown {
    return MaxPool2d.prototype.forward;
  }

  forward(x: Variable | Tensor): Variable {
    return maxPool2d(x, this.kernelSize, this.options);
  }
}

/** The largest voxel of every window of a volume: x [N, C, D, H, W] → [N, C, OD, OH, OW]. */
export class MaxPool3d extends MaxPool {
  override get ownForward(): unknown {
    return MaxPool3d.prototype.forward;
  }

  forward(x: Variable | Tensor): Variable {
    return maxPool3d(x, this.kernelSize, this.options);
  }
}

/** The mean of every window of a signal: x [N, C, W] → [N, C, OW]. */
export class AvgPool1d extends AvgPool {
  override get ownForward(): unknown {
    return AvgPool1d.prototype.forward;
  }

  forward(x: Variable | Tensor): Variable {
    return avgPool1d(x, this.kernelSize, this.options);
  }
}

/** The mean of every window: x [N, C, H, W] → [N, C, OH, OW]. `stride` = kernelSize by default. */
export class AvgPool2d extends AvgPool {
  override get ownForward(): unknown {
    return AvgPool2d.prototype.forward;
  }

  forward(x: Variable | Tensor): Variable {
    return avgPool2d(x, this.kernelSize, this.options);
  }
}

/** The mean of every window of a volume: x [N, C, D, H, W] → [N, C, OD, OH, OW]. */
export class AvgPool3d extends AvgPool {
  override get ownForward(): unknown {
    return AvgPool3d.prototype.forward;
  }

  forward(x: Variable | Tensor): Variable {
    return avgPool3d(x, this.kernelSize, this.options);
  }
}
