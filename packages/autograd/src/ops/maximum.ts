import type { Tensor } from "@conv/core";
import * as kernels from "@conv/core/kernels";
import { defineOwnOp } from "../defineOp.js";
import { peek, type Variable } from "../variable.js";
import { mul, ofPairs } from "./arithmetic.js";
import { sumTo } from "./sum.js";
import { where } from "./where.js";

/** The gradient of the winner where `ahead` is positive, half of it where it is 0: equals share, as in PyTorch. */
function won(gradY: Variable, ahead: Tensor): Variable {
  const behind = kernels.step(kernels.neg(ahead));
  return where(kernels.step(ahead), gradY, where(behind, 0, mul(gradY, 0.5)));
}

const maximumOp = /* @__PURE__ */ defineOwnOp({
  name: "maximum",
  inputs: ["a", "b"],
  forward: ({ a, b }) => kernels.maximum(a, b),
  adjoint: {
    a: (gradY, { a, b }) => sumTo(won(gradY, kernels.sub(peek(a), peek(b))), a.shape),
    b: (gradY, { a, b }) => sumTo(won(gradY, kernels.sub(peek(b), peek(a))), b.shape),
  },
});

const minimumOp = /* @__PURE__ */ defineOwnOp({
  name: "minimum",
  inputs: ["a", "b"],
  forward: ({ a, b }) => kernels.minimum(a, b),
  adjoint: {
    a: (gradY, { a, b }) => sumTo(won(gradY, kernels.sub(peek(b), peek(a))), a.shape),
    b: (gradY, { a, b }) => sumTo(won(gradY, kernels.sub(peek(a), peek(b))), b.shape),
  },
});

/**
 * The larger of a and b, elementwise with broadcasting.
 *
 *     gradA = gradY where a > b,  gradY/2 where a = b,  else 0     gradB alike; each summed as in `add`
 *
 * Each of two equals gets half, as in PyTorch. Where one is NaN each gets half too; in PyTorch each gets all. Keeps a
 * and b for the way back.
 *
 * Shapes, types and errors: as in `@conv/core`.
 *
 * @example
 * const [a, b] = [variable(tensor([1, 2, 3])), variable(tensor([3, 2, 1]))];
 * sum(maximum(a, b)).backward();
 * a.grad; // [0, 0.5, 1]
 * b.grad; // [1, 0.5, 0]
 */
export const maximum = /* @__PURE__ */ ofPairs("maximum", maximumOp);
/**
 * The smaller of a and b, elementwise with broadcasting, as `maximum`.
 *
 *     gradA = gradY where a < b,  gradY/2 where a = b,  else 0     gradB alike; each summed as in `add`
 */
export const minimum = /* @__PURE__ */ ofPairs("minimum", minimumOp);
