import { Variable } from "@conv/autograd";
import type { Tensor } from "@conv/core";
import { formatValue } from "@conv/core/operators";
import { Module } from "../module.js";
import { asVariable } from "./asVariable.js";

/**
 * A function of Variables as a layer, for `Sequential`.
 *
 * @throws {TypeError} When it is no function, or gives something else than a Variable.
 * @example
 * new Sequential(new Conv2d(1, 4, 3), new Lambda((x) => mul(x, 2)), new Flatten());
 */
export class Lambda extends Module {
  readonly fn: (x: Variable) => Variable;

  constructor(fn: (x: Variable) => Variable) {
    super();
    if (typeof fn !== "function") {
      throw new TypeError(`Lambda: it takes a function of a Variable, got ${formatValue(fn)}.`);
    }
    this.fn = fn;
  }

  forward(x: Variable | Tensor): Variable {
    const y: unknown = this.fn(asVariable(x));
    if (y instanceof Variable) return y;
    throw new TypeError(
      `Lambda: the function must give a Variable, but gave ${formatValue(y)}. Use the operators of @conv/autograd.`,
    );
  }
}
