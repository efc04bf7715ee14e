import type { Variable } from "@conv/autograd";
import type { AvgPoolOptions, MaxPoolOptions, Tensor } from "@conv/core";
import { checkOptions, perAxis, poolGeometry, resolveWindow } from "@conv/core/operators";
import { Module } from "../module.js";

/** The size of a window: one number for all spatial axes, or one each. */
export type KernelSize = number | readonly number[];

/** A layer of windows that slide over the spatial axes: what `pool` makes of each. */
export abstract class PoolLayer<Options extends MaxPoolOptions & AvgPoolOptions> extends Module {
  readonly kernelSize: KernelSize;
  readonly options: Options;
  readonly #pool: (x: Variable | Tensor, kernelSize: KernelSize, options: Options) => Variable;

  /**
   * Sizes and options are checked before there is an image.
   *
   * @param layer The name that errors start with.
   * @param known The options that it has.
   * @throws {RangeError} When a size is not an integer in its range.
   * @throws {ShapeError} When padding exceeds half a window.
   * @throws {TypeError} When an option is unknown.
   */
  constructor(
    layer: string,
    pool: (x: Variable | Tensor, kernelSize: KernelSize, options: Options) => Variable,
    rank: number,
    kernelSize: KernelSize,
    options: Options,
    known: readonly string[],
  ) {
    super();
    checkOptions(layer, options, known);
    const kernel = perAxis(layer, "kernelSize", kernelSize, rank, 1);
    const { span } = resolveWindow(layer, kernel, kernel, { dilation: options.dilation });
    poolGeometry(layer, rank, [1, ...span], kernel, options); // of the smallest image: one window
    this.kernelSize = kernelSize;
    this.options = { ...options };
    this.#pool = pool;
  }

  override get ownForward(): unknown {
    return PoolLayer.prototype.forward;
  }

  forward(x: Variable | Tensor): Variable {
    return this.#pool(x, this.kernelSize, this.options);
  }
}
