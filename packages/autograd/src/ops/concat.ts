import * as kernels from "@conv/core/kernels";
import { type ConcatGeometry, type ConcatSteps, concatenation, stacking } from "@conv/core/operators";
import { defineOwnOp } from "../defineOp.js";
import type { Input, Variable } from "../variable.js";
import { promote } from "./cast.js";
import { reshape } from "./reshape.js";
import { slice } from "./strided.js";

/** Tensors joined along an axis: an operator of as many inputs. Its adjoint gives each its slice of the gradient. */
function concatOp(tensors: readonly Input[], geometry: ConcatGeometry): Variable {
  const names = tensors.map((_, t) => `tensors[${t}]`);
  let end = 0;
  const ends = geometry.lengths.map((length) => (end += length));
  const part =
    (t: number) =>
    (gradY: Variable, _: unknown, { dim, lengths }: ConcatGeometry): Variable =>
      slice(gradY, { dim, start: ends[t] - lengths[t], end: ends[t] });
  const join = defineOwnOp<string[], ConcatGeometry, []>({
    name: "concat",
    inputs: names,
    saves: [],
    forward: (inputs, plan: ConcatGeometry) => {
      const parts = names.map((name) => inputs[name]);
      return kernels.concat(parts, plan);
    },
    adjoint: Object.fromEntries(names.map((name, t) => [name, part(t)])),
  });
  return join(...tensors, geometry);
}

const steps: ConcatSteps<Input, Variable> = { promote, concat: concatOp };

/**
 * Tensors joined along an axis they have: […, n₁, …], […, n₂, …] → […, n₁ + n₂, …], or more of them.
 *
 *     gradient of each tensor = its own slice of gradY along that axis
 *
 * Keeps nothing for the way back. Options, defaults and errors: as in `@conv/core`.
 *
 * @param dim Default 0; a negative one counts from the end.
 * @example
 * const [a, b] = [variable(tensor([1])), variable(tensor([2, 3]))];
 * concat([a, b]).backward(tensor([10, 20, 30]));
 * a.grad; // [10]
 * b.grad; // [20, 30]
 */
export const concat = /* @__PURE__ */ concatenation<Input, Variable>(steps);

/**
 * Tensors of one shape joined along a new axis; the gradient of tensor t is gradY at position t of that axis.
 *
 * Keeps nothing for the way back. Options, defaults and errors: as in `@conv/core`.
 *
 * @param dim Where the new axis stands in the result. Default 0; a negative one counts from the end.
 */
export const stack = /* @__PURE__ */ stacking<Input, Variable>({ promote, concat: concatOp, reshape });
