import { col2im, im2col, type Variable } from "@conv/autograd";
import type { Im2colOptions, Tensor } from "@conv/core";
import { checkInteger, checkOptions, formatValue, perAxis, resolveWindow } from "@conv/core/operators";
import { Module } from "../module.js";

/** The options of `Unfold` and `Fold`. */
export type UnfoldOptions = Omit<Im2colOptions, "kernelSize">;

const OPTIONS = ["stride", "padding", "dilation"];

/**
 * The patches that a window sees, one column per position: x [N, C, …] → [N, C·K, L], K taps, L positions. A convolution is a
 * product with them.
 *
 * `stride` 1, `padding` 0, `dilation` 1 in pixels: one number for all spatial axes, or one each.
 *
 * @throws {RangeError} When a size is not an integer in its range.
 * @throws {TypeError} When an option is unknown.
 * @see `im2col`; `torch.nn.Unfold`, the same map.
 * @example
 * new Unfold(2).forward(tensor([[[1, 2, 3, 4]]])); // [[[1, 2, 3], [2, 3, 4]]]
 */
export class Unfold extends Module {
  readonly kernelSize: number | readonly number[];
  readonly options: UnfoldOptions;

  constructor(kernelSize: number | readonly number[], options: UnfoldOptions = {}) {
    super();
    checkOptions("Unfold", options, OPTIONS);
    const perAxes = [kernelSize, ...Object.values(options)].find((sizes) => Array.isArray(sizes));
    checkWindow("Unfold", perAxes?.length ?? 1, kernelSize, options);
    this.kernelSize = kernelSize;
    this.options = { ...options };
  }

  override get ownForward(): unknown {
    return Unfold.prototype.forward;
  }

  forward(x: Variable | Tensor): Variable {
    return im2col(x, { kernelSize: this.kernelSize, ...this.options });
  }
}

/**
 * The adjoint of `Unfold`, which adds each entry of the columns to the pixel it was copied from: [N, C·K, L] → [N, C, …inSize].
 *
 * @throws {RangeError} When a size is not an integer in its range.
 * @throws {TypeError} When an option is unknown.
 * @see `col2im`; `torch.nn.Fold`, the same map.
 * @example
 * new Fold([4], 2).forward(tensor([[[1, 2, 3], [20, 30, 40]]])); // [[[1, 22, 33, 40]]]
 */
export class Fold extends Module {
  readonly inSize: readonly number[];
  readonly kernelSize: number | readonly number[];
  readonly options: UnfoldOptions;

  /** @param inSize The lengths of the spatial axes of the image, which columns do not tell; PyTorch's `output_size`. */
  constructor(inSize: readonly number[], kernelSize: number | readonly number[], options: UnfoldOptions = {}) {
    super();
    if (!Array.isArray(inSize) || inSize.length === 0) {
      throw new TypeError(
        `Fold: inSize must be an array with the lengths of the image's axes, got ${formatValue(inSize)}.`,
      );
    }
    this.inSize = inSize.map((length) => checkInteger("Fold", "inSize", length, 1));
    checkOptions("Fold", options, OPTIONS);
    checkWindow("Fold", inSize.length, kernelSize, options);
    this.kernelSize = kernelSize;
    this.options = { ...options };
  }

  override get ownForward(): unknown {
    return Fold.prototype.forward;
  }

  forward(columns: Variable | Tensor): Variable {
    return col2im(columns, { inSize: this.inSize, kernelSize: this.kernelSize, ...this.options });
  }
}

/** Checks the sizes of a window over `rank` axes. */
function checkWindow(
  layer: string,
  rank: number,
  kernelSize: number | readonly number[],
  options: UnfoldOptions,
): void {
  const kernel = perAxis(layer, "kernelSize", kernelSize, rank, 1);
  resolveWindow(layer, kernel, kernel, options);
}
