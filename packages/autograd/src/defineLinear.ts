import type { Tensor } from "@conv/core";
import { checkOptions, formatValue } from "@conv/core/operators";
import { defineOp, defineOwnOp, type Op } from "./defineOp.js";
import type { Input, Variable } from "./variable.js";

/** A linear operator, which knows its adjoint. */
export type LinearOp<Plan = void> = Op<["x"], Plan> & {
  /** Aᵀ, whose adjoint is A again. */
  readonly adjoint: Op<["x"], Plan> & { readonly adjoint: LinearOp<Plan> };
};

/** The definition of a linear operator: a linear map and its adjoint, on tensors. */
export interface LinearDefinition<Plan> {
  /** How errors call it; its adjoint is called by it too. */
  readonly name: string;
  /** A x. */
  readonly forward: (x: Tensor, plan: Plan) => Tensor;
  /** Aᵀ g. */
  readonly adjoint: (gradY: Tensor, plan: Plan) => Tensor;
}

/** An operator of one input, before it is known whether it has a plan. */
type Map<Plan> = (x: Input, plan: Plan) => Variable;

/**
 * Defines a linear operator from the two maps A and Aᵀ: the gradient of the one is the other, at every order, and
 * nothing is kept for it. `checkAdjoint` tells whether they belong together.
 *
 * @throws {TypeError} When the definition lacks a part.
 * @example
 * const reversed = defineLinear({
 *   name: "reversed",
 *   forward: (x) => tensor(x.dataSync().reverse()),
 *   adjoint: (gradY) => tensor(gradY.dataSync().reverse()),
 * });
 * reversed(tensor([1, 2, 3])); // [3, 2, 1]
 * reversed.adjoint(tensor([3, 2, 1])); // [1, 2, 3]
 */
/* @__NO_SIDE_EFFECTS__ */
export function defineLinear<Plan = void>(definition: LinearDefinition<Plan>): LinearOp<Plan> {
  return pairOf(definition, defineOp);
}

/** `defineLinear` for the operators of this package: see `defineOwnOp`. */
/* @__NO_SIDE_EFFECTS__ */
export function defineOwnLinear<Plan = void>(definition: LinearDefinition<Plan>): LinearOp<Plan> {
  return pairOf(definition, defineOwnOp);
}

function pairOf<Plan>(definition: LinearDefinition<Plan>, define: typeof defineOp): LinearOp<Plan> {
  checkOptions("defineLinear", definition, ["name", "forward", "adjoint"]);
  const { name, forward, adjoint } = definition;
  if (typeof name !== "string") {
    throw new TypeError(`defineLinear: name must be a string, by which errors call it, got ${formatValue(name)}.`);
  }
  for (const [part, map] of Object.entries({ forward, adjoint })) {
    if (typeof map === "function") continue;
    throw new TypeError(`defineLinear: ${part} must be a function of a tensor, got ${formatValue(map)}.`);
  }
  const map: Map<Plan> = half(define, name, forward, (gradY, plan) => transposed(gradY, plan));
  const transposed: Map<Plan> = half(define, `${name}Adjoint`, adjoint, (gradX, plan) => map(gradX, plan));
  const pair = Object.assign(map, { adjoint: transposed }) as unknown as LinearOp<Plan>;
  Object.assign(transposed, { adjoint: pair });
  return pair;
}

/** One of the two maps; its gradient is the other. */
function half<Plan>(
  define: typeof defineOp,
  name: string,
  forward: (x: Tensor, plan: Plan) => Tensor,
  other: Map<Plan>,
): Map<Plan> {
  const op = define({
    name,
    inputs: ["x"],
    saves: [],
    forward: ({ x }, plan: Plan) => forward(x, plan),
    adjoint: { x: (gradY, _, plan) => other(gradY, plan) },
  });
  return op as Map<Plan>;
}
