import type { Tensor } from "@conv/core";
import { checkOptions } from "@conv/core/operators";
import { defineOp, type Op } from "./defineOp.js";

/** A linear operator, which knows its adjoint. */
export type LinearOp<Plan = void> = Op<["x"], Plan> & {
  /** Aᵀ, whose adjoint is A again. */
  readonly adjoint: Op<["gradY"], Plan> & { readonly adjoint: LinearOp<Plan> };
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

/**
 * Defines a linear operator from the two maps A and Aᵀ: the gradient of the one is the other, at every order, and
 * nothing is kept for it. `checkAdjoint` tells whether they belong together.
 *
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
  checkOptions("defineLinear", definition, ["name", "forward", "adjoint"]);
  const { name, forward, adjoint } = definition;
  const map: Op<["x"], Plan> = defineOp({
    name,
    inputs: ["x"],
    saves: [],
    forward: ({ x }, plan: Plan) => forward(x, plan),
    adjoint: { x: (gradY, _, plan) => transposed(gradY, plan) },
  });
  const transposed: Op<["gradY"], Plan> = defineOp({
    name: `${name}Adjoint`,
    inputs: ["gradY"],
    saves: [],
    forward: ({ gradY }, plan: Plan) => adjoint(gradY, plan),
    adjoint: { gradY: (gradX, _, plan) => map(gradX, plan) },
  });
  const pair = Object.assign(map, { adjoint: transposed });
  return Object.assign(pair, { adjoint: Object.assign(transposed, { adjoint: pair as LinearOp<Plan> }) });
}
