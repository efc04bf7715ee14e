import { type Tensor, zeros } from "@conv/core";
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
export function grad(y: Variable, inputs: readonly Variable[], { gradY, ...options }: GradOptions = {}): Variable[] {
  const gradients = gradientsOf("grad", y, gradY, options, new Set(inputs));
  return inputs.map((input) => {
    const { shape, dtype, device } = input;
    return gradients.get(input) ?? new Variable(zeros(shape, { dtype, device }), false);
  });
}
