import { interpolate, type Variable } from "@conv/autograd";
import type { InterpolateOptions, Tensor } from "@conv/core";
import { checkInterpolateOptions } from "@conv/core/operators";
import { Module } from "../module.js";

/**
 * The image at another size: x [N, C, …in] → [N, C, …out] with 1 to 3 spatial axes, by `interpolate`. There is nothing to learn.
 *
 * The options are PyTorch's: either `size` or `scaleFactor`, one number or one for each spatial axis; `mode` "nearest",
 * "nearestExact", "linear", "bilinear", "bicubic", "trilinear" or "area", default "nearest"; `alignCorners` false.
 *
 * @throws {RangeError} When a size is not a positive integer, a factor not positive, or the mode none of its words.
 * @throws {TypeError} When an option is unknown, not exactly one of `size` and `scaleFactor` is given, or `alignCorners` is true
 *   with a mode that takes none.
 * @throws {ShapeError} In `forward`, when x has other axes than the mode takes.
 * @see `interpolate` of `@conv/core` for what they mean.
 * @example
 * new Upsample({ scaleFactor: 2 }).forward(tensor([[[1, 3]]])); // [[[1, 1, 3, 3]]]
 */
export class Upsample extends Module {
  readonly options: InterpolateOptions;

  constructor(options: InterpolateOptions) {
    super();
    checkInterpolateOptions("Upsample", options);
    this.options = { ...options };
  }

  override get ownForward(): unknown {
    return Upsample.prototype.forward;
  }

  forward(x: Variable | Tensor): Variable {
    return interpolate(x, this.options);
  }
}
