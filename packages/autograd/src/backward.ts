import { type Tensor, zeros } from "@conv/core";
import { checkOptions, formatValue } from "@conv/core/operators";
import { type BackwardOptions, gradientsOf, Variable } from "./variable.js";

/**
 * Adds to the `grad` of every leaf that y was made of: gradY times the derivative of y in the leaf.
 *
 * @param gradY Of y's shape. Default, for a scalar y: 1.
 * @throws {ShapeError} When y is no scalar and gradY is missing, or gradY has another shape.
 */
export function backward(y: Variable, gradY?: Variable | Tensor, options?: BackwardOptions): void {
  y.backward(gradY, options);
}

/** The options of `grad`. */
export interface GradOptions extends BackwardOptions {
  /** Of y's shape. Default, for a scalar y: 1. */
  readonly gradY?: Variable | Tensor;
}

/**
 * The gradients of y in the given Variables, leaves or not; every `.grad` stays as it is.
 *
 * @returns One gradient for each input, of its shape: zeros where y does not depend on it.
 * @throws {ShapeError} When y is no scalar and gradY is missing, or gradY has another shape.
 */
export function grad(y: Variable, inputs: readonly Variable[], options: GradOptions = {}): Variable[] {
  checkOptions("grad", options, ["gradY", "createGraph", "retainGraph"]);
  const { gradY, ...sweep } = options;
  for (const [i, input] of inputs.entries()) {
    if (input instanceof Variable && input.requiresGrad) continue;
    throw new TypeError(
      `grad: input ${i + 1} is ${input instanceof Variable ? "a Variable that requires no gradient" : formatValue(input)}. ` +
        `Make it with variable(tensor) before y is computed from it.`,
    );
  }
  const gradients = gradientsOf("grad", y, gradY, sweep, new Set(inputs));
  return inputs.map((input) => {
    const { shape, dtype, device } = input;
    return gradients.get(input) ?? new Variable(zeros(shape, { dtype, device }), false);
  });
}
