import { type Tensor, zeros } from "@conv/core";
import { checkOptions, formatValue } from "@conv/core/operators";
import { type BackwardOptions, gradientsOf, Variable } from "./variable.js";

/**
 * Adds to the `grad` of every leaf that y was made of: gradY times the derivative of y in the leaf.
 *
 * @param gradY Of y's shape and dtype. Default, for a scalar y: 1.
 * @param options As for `y.backward`.
 * @throws {ShapeError} When y is no scalar and gradY is missing, or gradY has another shape.
 * @throws {Error} When an earlier sweep freed the graph, or a value was assigned after it was used.
 * @example
 * const x = variable(tensor([1, 2, 3]));
 * backward(sum(mul(x, x)));
 * x.grad; // [2, 4, 6]
 */
export function backward(y: Variable, gradY?: Variable | Tensor, options?: BackwardOptions): void {
  if (y instanceof Variable) y.backward(gradY, options);
  else gradientsOf("backward", y, gradY, {});
}

/** The options of `grad`. */
export interface GradOptions extends BackwardOptions {
  /** Of y's shape and dtype. Default, for a scalar y: 1. */
  readonly gradY?: Variable | Tensor;
}

/**
 * The gradients of y in the given Variables, leaves or not; every `.grad` stays as it is, and nothing is computed for
 * other Variables.
 *
 * @param options `gradY`; `createGraph` false: record the sweep, so that the gradients can be differentiated again;
 *   `retainGraph`, by default the value of `createGraph`: keep the graph for another sweep.
 * @returns One gradient for each input, of its shape: zeros where y does not depend on it, and for what was made inside a
 *   `checkpoint`, whose steps are made anew.
 * @throws {ShapeError} When y is no scalar and gradY is missing, or gradY has another shape.
 * @throws {TypeError} When an input requires no gradient.
 * @example
 * const x = variable(tensor(2));
 * const [slope] = grad(mul(x, mul(x, x)), [x], { createGraph: true });
 * slope; // 12
 * grad(slope, [x])[0]; // 12
 */
export function grad(y: Variable, inputs: readonly Variable[], options: GradOptions = {}): Variable[] {
  checkOptions("grad", options, ["gradY", "createGraph", "retainGraph"]);
  return gradientsIn("grad", y, inputs, options);
}

/** The gradients of y in the given Variables, for the operator that errors shall name. */
export function gradientsIn(
  operator: string,
  y: Variable,
  inputs: readonly Variable[],
  { gradY, ...sweep }: GradOptions,
): Variable[] {
  if (!Array.isArray(inputs)) {
    throw new TypeError(
      `${operator}: inputs must be an array of Variables, got ${formatValue(inputs)}. Write ${operator}(y, [x]).`,
    );
  }
  const vertices = inputs.map((input: Variable, i) => {
    if (input instanceof Variable && input.vertex !== undefined) return input.vertex;
    throw new TypeError(
      `${operator}: input ${i + 1} is ${input instanceof Variable ? "a Variable that requires no gradient" : formatValue(input)}. ` +
        `Make it with variable(tensor) before y is computed from it.`,
    );
  });
  const gradients = gradientsOf(operator, y, gradY, sweep, new Set(vertices));
  return inputs.map(({ shape, dtype, device }: Variable, i) => {
    return gradients.get(vertices[i]) ?? new Variable(zeros(shape, { dtype, device }), false);
  });
}
