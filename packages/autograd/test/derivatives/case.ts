import type { Tensor } from "@conv/core";
import type fc from "fast-check";
import type { CheckGradientOptions, Variable } from "../../src/index.js";
import * as ops from "../../src/index.js";

/** All that `@conv/autograd` exports, by name. */
export const operators = { ...ops };

/** The name of an operator. */
export type Operator = keyof typeof operators;

/** Number of spatial axes. */
export type Rank = 1 | 2 | 3;

/** All of them. */
export const RANKS: readonly Rank[] = [1, 2, 3];

/** One geometry of an operator, with numbers in it. */
export interface Sample {
  /** The operator with its options. */
  readonly fn: (...inputs: Variable[]) => Variable;
  /** Values of its inputs, float64, away from kinks and ties. */
  readonly inputs: readonly Tensor[];
  /** What can be awkward about a geometry, and whether it is so here. Every kind that is named must occur. */
  readonly kinds: Readonly<Record<string, boolean>>;
  /** The geometry, as a failure prints it. */
  toString(): string;
}

/** An operator whose derivatives are checked, over geometries that are drawn. */
export interface Case {
  readonly operator: Operator;
  /** Number of spatial axes, for operators that have some. */
  readonly rank?: Rank;
  /** What its geometries have in common, where an operator has several cases. */
  readonly note?: string;
  /** How many geometries are drawn, if not as many as usual. */
  readonly runs?: number;
  /** Whether it is linear in each of its inputs, up to a constant: then ⟨A x, y⟩ = ⟨x, Aᵀ y⟩ is checked too. */
  readonly linear?: true;
  /** How gradients are compared, where the usual way will not do. */
  readonly check?: Pick<CheckGradientOptions, "eps" | "tolerance">;
  readonly draw: fc.Arbitrary<Sample>;
}

/** A sample; `options` are what its text tells beside the shapes of its inputs. */
export function sampleOf(
  fn: Sample["fn"],
  inputs: readonly Tensor[],
  options: unknown,
  kinds: Sample["kinds"] = {},
): Sample {
  const shapes = inputs.map(({ shape }) => `[${shape.join(", ")}]`).join(" ");
  return { fn, inputs, kinds, toString: () => `inputs ${shapes}, options ${JSON.stringify(options)}` };
}
