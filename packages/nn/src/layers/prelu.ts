import { prelu, type Variable, variable } from "@conv/autograd";
import { full, type Tensor } from "@conv/core";
import { checkInteger, checkNumber, checkOptions } from "@conv/core/operators";
import { Module } from "../module.js";

/** The options of `PReLU`. */
export interface PReLUOptions {
  /** 1: one slope for all; C: one for each channel. Default 1. */
  readonly numParameters?: number;
  /** What the slopes start at. Default 0.25. */
  readonly init?: number;
}

/**
 * x above 0, weight·x below, elementwise, with slopes that are learned: x [N, C, …] → the same shape.
 *
 * @throws {RangeError} When numParameters is not a positive integer.
 * @throws {TypeError} When an option is unknown, or init is no number.
 * @see He, Zhang, Ren and Sun, "Delving deep into rectifiers" (arXiv:1502.01852).
 */
export class PReLU extends Module {
  /** [numParameters] */
  readonly weight: Variable;

  constructor(options: PReLUOptions = {}) {
    super();
    checkOptions("PReLU", options, ["numParameters", "init"]);
    const { numParameters = 1, init = 0.25 } = options;
    checkInteger("PReLU", "numParameters", numParameters, 1);
    this.weight = variable(full([numParameters], checkNumber("PReLU", "init", init)));
  }

  override get ownForward(): unknown {
    return PReLU.prototype.forward;
  }

  forward(x: Variable | Tensor): Variable {
    return prelu(x, this.weight);
  }
}
