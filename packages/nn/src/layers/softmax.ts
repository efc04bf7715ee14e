import { logSoftmax, softmax, type Variable } from "@conv/autograd";
import type { Tensor } from "@conv/core";
import { checkInteger } from "@conv/core/operators";
import { Module } from "../module.js";

/**
 * Probabilities from scores, eˣ / Σ eˣ along the axis `dim`; a negative one counts from the end. Before `crossEntropy` there is
 * none: it takes the scores.
 *
 * @throws {RangeError} When `dim` is no integer; in `forward`, when x has no such axis.
 * @see Bridle, "Probabilistic interpretation of feedforward classification network outputs" (1990).
 */
export class Softmax extends Module {
  readonly dim: number;

  constructor(dim: number) {
    super();
    this.dim = checkInteger("Softmax", "dim", dim, Number.NEGATIVE_INFINITY);
  }

  override get ownForward(): unknown {
    return Softmax.prototype.forward;
  }

  forward(x: Variable | Tensor): Variable {
    return softmax(x, this.dim);
  }
}

/** x − ln Σ eˣ along the axis `dim`: the logarithm of `Softmax`, for `nllLoss`. Errors: as for `Softmax`. */
export class LogSoftmax extends Module {
  readonly dim: number;

  constructor(dim: number) {
    super();
    this.dim = checkInteger("LogSoftmax", "dim", dim, Number.NEGATIVE_INFINITY);
  }

  override get ownForward(): unknown {
    return LogSoftmax.prototype.forward;
  }

  forward(x: Variable | Tensor): Variable {
    return logSoftmax(x, this.dim);
  }
}
