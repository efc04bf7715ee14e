import { mul, type Variable } from "@conv/autograd";
import { type Random, tensor } from "@conv/core";
import { checkOptions, formatValue, tidy } from "@conv/core/operators";
import { Module } from "../module.js";
import { defaultRandom } from "../random.js";

/**
 * In training, sets each element to 0 with probability p and divides the others by 1 − p, so that sums keep their mean;
 * in use (`eval()`), passes everything.
 *
 * @throws {RangeError} When p is not a probability.
 * @see Srivastava, Hinton, Krizhevsky, Sutskever and Salakhutdinov, "Dropout" (JMLR 2014).
 */
export class Dropout extends Module {
  /** Where the draws come from. */
  readonly random: Random;

  constructor(
    /** Probability of a zero. */
    readonly p = 0.5,
    options: { readonly random?: Random } = {},
  ) {
    super();
    checkOptions("Dropout", options, ["random"]);
    if (!(p >= 0 && p <= 1)) throw new RangeError(`Dropout: p must be a probability, 0 to 1, got ${formatValue(p)}.`);
    this.random = options.random ?? defaultRandom().split();
  }

  override get ownForward(): unknown {
    return Dropout.prototype.forward;
  }

  forward(x: Variable): Variable {
    if (!this.training || this.p === 0) return x;
    const { p } = this;
    return tidy(() => {
      const keep = Float64Array.from(this.random.uniform(x.shape).dataSync(), (u) => (u < p ? 0 : 1 / (1 - p)));
      return mul(x, tensor(keep, x.shape, { dtype: x.dtype, device: x.device }));
    });
  }
}
