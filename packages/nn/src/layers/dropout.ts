import { mul, type Variable } from "@conv/autograd";
import { type Random, type Shape, ShapeError, type Tensor, tensor } from "@conv/core";
import { checkOptions, expectTensor, formatShape, formatValue, tidy } from "@conv/core/operators";
import { Module } from "../module.js";
import { checkRandom, defaultRandom } from "../random.js";
import { asVariable } from "./asVariable.js";
import { checkDType } from "./normLayer.js";

/** The options of `Dropout` and its relatives. */
export interface DropoutOptions {
  /** Where the draws come from. Default: a generator of its own, split off the shared one. */
  readonly random?: Random;
}

abstract class DropoutLayer extends Module {
  /** Probability of a zero. */
  readonly p: number;
  /** Where the draws come from. */
  readonly random: Random;
  readonly #layer: string;

  constructor(layer: string, p: number, options: DropoutOptions) {
    super();
    checkOptions(layer, options, ["random"]);
    if (typeof p !== "number" || !(p >= 0 && p <= 1)) {
      throw new RangeError(`${layer}: p must be a probability, 0 to 1, got ${formatValue(p)}.`);
    }
    this.p = p;
    this.random = options.random === undefined ? defaultRandom().split() : checkRandom(layer, options.random);
    this.#layer = layer;
  }

  override get ownForward(): unknown {
    return DropoutLayer.prototype.forward;
  }

  forward(x: Variable | Tensor): Variable {
    expectTensor(this.#layer, "x", x);
    const drawn = this.drawn(x.shape);
    if (!this.training || this.p === 0) return asVariable(x);
    checkDType(this.#layer, x);
    const { p } = this;
    return tidy(() => {
      const keep = Float64Array.from(this.random.uniform(drawn).dataSync(), (u) => (u < p ? 0 : 1 / (1 - p)));
      return mul(x, tensor(keep, drawn, { dtype: x.dtype, device: x.device }));
    });
  }

  /** The shape of the draws for x, which broadcasts to that of x: one draw for all that is dropped together. */
  protected abstract drawn(xShape: Shape): Shape;
}

/**
 * In training, sets each element to 0 with probability p and divides the others by 1 − p, so that sums keep their mean;
 * in use (`eval()`), passes everything.
 *
 * @throws {RangeError} When p is not a probability.
 * @throws {TypeError} In training, when x holds integers, which cannot be divided.
 * @see Srivastava, Hinton, Krizhevsky, Sutskever and Salakhutdinov, "Dropout" (JMLR 2014).
 */
export class Dropout extends DropoutLayer {
  constructor(p = 0.5, options: DropoutOptions = {}) {
    super("Dropout", p, options);
  }

  protected override drawn(xShape: Shape): Shape {
    return xShape;
  }
}

abstract class ChannelDropout extends DropoutLayer {
  readonly #layer: string;
  readonly #rank: number;

  constructor(layer: string, rank: number, p: number, options: DropoutOptions) {
    super(layer, p, options);
    this.#layer = layer;
    this.#rank = rank;
  }

  protected override drawn(xShape: Shape): Shape {
    const axes = this.#rank + 2;
    if (xShape.length !== axes) {
      throw new ShapeError(
        `${this.#layer}: x must have ${axes} axes, [N, C, …], but its shape is ${formatShape(xShape)}. Reshape it, or use ` +
          "Dropout for single elements.",
      );
    }
    const [batch, channels, ...spatial] = xShape;
    return [batch, channels, ...spatial.map(() => 1)];
  }
}

/** Drops whole channels of signals, each of every example with probability p: x [N, C, L] → the same. See `Dropout2d`. */
export class Dropout1d extends ChannelDropout {
  constructor(p = 0.5, options: DropoutOptions = {}) {
    super("Dropout1d", 1, p, options);
  }
}

/**
 * In training, sets each channel of every image to 0 with probability p and divides the others by 1 − p; in use (`eval()`),
 * passes everything: x [N, C, H, W] → the same. Neighbouring pixels are so alike that without one of them nothing is missing.
 *
 * @throws {RangeError} When p is not a probability.
 * @throws {ShapeError} When x has other axes.
 * @see Tompson, Goroshin, Jain, LeCun and Bregler, "Efficient object localization using convolutional networks"
 *   (arXiv:1411.4280).
 */
export class Dropout2d extends ChannelDropout {
  constructor(p = 0.5, options: DropoutOptions = {}) {
    super("Dropout2d", 2, p, options);
  }
}

/** Drops whole channels of volumes, each of every example with probability p: x [N, C, D, H, W] → the same. See `Dropout2d`. */
export class Dropout3d extends ChannelDropout {
  constructor(p = 0.5, options: DropoutOptions = {}) {
    super("Dropout3d", 3, p, options);
  }
}
