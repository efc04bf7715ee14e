import { pad, type Variable } from "@conv/autograd";
import { type PadOptions, type Pair, ShapeError, type Tensor } from "@conv/core";
import { expectTensor, formatShape, paddingPairs, padGeometry } from "@conv/core/operators";
import { Module } from "../module.js";

/** Pixels around an image: one number for all sides, or for each spatial axis a number or [before, after]. */
export type PadLayerPadding = number | readonly (number | Pair)[];

abstract class PadLayer extends Module {
  /** [before, after] for each spatial axis. */
  readonly padding: readonly Pair[];
  readonly options: PadOptions;
  readonly #layer: string;

  constructor(layer: string, rank: number, padding: PadLayerPadding, options: PadOptions) {
    super();
    this.padding = paddingPairs(layer, padding, rank);
    const longEnough = this.padding.map(([before, after]) => 1 + Math.max(before, after));
    padGeometry(longEnough, this.padding, options, layer);
    this.options = { ...options };
    this.#layer = layer;
  }

  override get ownForward(): unknown {
    return PadLayer.prototype.forward;
  }

  forward(x: Variable | Tensor): Variable {
    expectTensor(this.#layer, "x", x);
    const axes = this.padding.length + 2;
    if (x.shape.length !== axes) {
      throw new ShapeError(
        `${this.#layer}: x must have ${axes} axes, [N, C, …], but its shape is ${formatShape(x.shape)}. Reshape it.`,
      );
    }
    return pad(x, this.padding, this.options);
  }
}

/** A border around signals: x [N, C, W] → [N, C, before + W + after]. See `Pad2d`. */
export class Pad1d extends PadLayer {
  constructor(padding: PadLayerPadding, options: PadOptions = {}) {
    super("Pad1d", 1, padding, options);
  }
}

/**
 * A border around images: x [N, C, H, W] → [N, C, top + H + bottom, left + W + right]. It stands for PyTorch's `ZeroPad2d`,
 * `ConstantPad2d`, `ReflectionPad2d`, `ReplicationPad2d` and `CircularPad2d`, whose paddings come last axis first.
 *
 * @param padding One number, [rows, columns], or [[top, bottom], [left, right]].
 * @param options `mode` "zeros", see `PadMode`; `value` for mode "constant", 0.
 * @throws {RangeError} When a padding is not an integer of at least 0, or the mode none of its words.
 * @throws {TypeError} When an option is unknown, or `value` comes without its mode.
 * @throws {ShapeError} When the mode cannot reach so far (`reflect`: at most in − 1 pixels).
 */
export class Pad2d extends PadLayer {
  constructor(padding: PadLayerPadding, options: PadOptions = {}) {
    super("Pad2d", 2, padding, options);
  }
}

/** A border around volumes: x [N, C, D, H, W], each spatial axis longer by before + after. See `Pad2d`. */
export class Pad3d extends PadLayer {
  constructor(padding: PadLayerPadding, options: PadOptions = {}) {
    super("Pad3d", 3, padding, options);
  }
}
