import { interpolate, type Variable } from "@conv/autograd";
import type { InterpolateOptions, Tensor } from "@conv/core";
import { checkOptions } from "@conv/core/operators";
import { Module } from "../module.js";

/**
 * The image at another size: x [N, C, …in] → [N, C, …out] with 1 to 3 spatial axes, by `interpolate`. There is nothing to learn.
 *
 * The options are PyTorch's: either `size` or `scaleFactor`, one number or one for each spatial axis; `mode` "nearest",
 * "nearestExact", "linear", "bilinear", "bicubic", "trilinear" or "area", default "nearest"; `alignCorners` false.
 *
 * @see `interpolate` of `@conv/core` for what they mean, and what `forward` throws.
 * @example
 * new Upsample({ scaleFactor: 2 }).forward(tensor([[[1, 3]]])); // [[[1, 1, 3, 3]]]
 */
export class Upsample extends Module {
  constructor(readonly options: InterpolateOptions) {
    super();
    checkOptions("Upsample", options, ["size", "scaleFactor", "mode", "alignCorners"]);
  }

  override get ownForward(): unknown {
    return Upsample.prototype.forward;
  }

  forward(x: Variable | Tensor): Variable {
    return interpolate(x, this.options);
  }
}
