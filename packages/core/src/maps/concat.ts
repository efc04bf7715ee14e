import { checkTensors, defineKernel } from "../device/defineKernel.js";
import { ShapeError } from "../errors.js";
import { expectTensor, formatValue } from "../options.js";
import { tidy } from "../scope.js";
import { formatShape, isSameShape, resolveDim, type Shape } from "../shape.js";
import { allocate, type Tensor, type TensorLike, valuesOf } from "../tensor.js";
import * as wasm from "../wasm/concat.js";
import { type ConcatGeometry, concatGeometry } from "./concatGeometry.js";
import { promote } from "./promote.js";
import { reshape } from "./reshape.js";

/** The kernel of `concat`. Its adjoint gives every tensor its slice of the gradient. */
export const concatKernel = /* @__PURE__ */ defineKernel(
  "concat",
  (tensors, { outer, lengths, inner, yShape }) => {
    const y = allocate(tensors[0].device, yShape, tensors[0].dtype);
    const ys = valuesOf(y);
    const parts = tensors.map(valuesOf);
    let at = 0;
    for (let o = 0; o < outer; o++) {
      parts.forEach((xs, t) => {
        const row = lengths[t] * inner;
        ys.set(xs.subarray(o * row, (o + 1) * row), at);
        at += row;
      });
    }
    return y;
  },
  "same",
  wasm.concat,
);

/** The steps of joining tensors as users call it; on tensors, or on Variables that remember them. */
export interface ConcatSteps<X, Y = X> {
  promote(operator: string, tensors: readonly X[]): readonly Y[];
  concat(tensors: readonly X[], geometry: ConcatGeometry): Y;
}

/** The joining along an axis made of the given steps. Written once for tensors and for Variables. */
/* @__NO_SIDE_EFFECTS__ */
export function concatenation<X extends TensorLike, Y extends X = X>(steps: ConcatSteps<X, Y>) {
  return (tensors: readonly X[], dim = 0): Y => {
    expectTensors("concat", tensors);
    const shapes = tensors.map(({ shape }) => shape);
    return tidy(() => steps.concat(steps.promote("concat", tensors), concatGeometry(shapes, dim)));
  };
}

/** The joining along a new axis: every tensor gets that axis, then they are joined along it. */
/* @__NO_SIDE_EFFECTS__ */
export function stacking<X extends TensorLike, Y extends X = X>(
  steps: ConcatSteps<X, Y> & { reshape(x: X, shape: Shape): Y },
) {
  const join = concatenation<X, Y>(steps);
  return (tensors: readonly X[], dim = 0): Y => {
    expectTensors("stack", tensors);
    const [{ shape }] = tensors;
    const odd = tensors.find((x) => !isSameShape(x.shape, shape));
    if (odd !== undefined) {
      throw new ShapeError(
        `stack: shapes ${formatShape(shape)} and ${formatShape(odd.shape)} must be equal. Use concat to join along an axis they have.`,
      );
    }
    const axis = resolveDim("stack", [...shape, tensors.length], dim);
    const wider = [...shape.slice(0, axis), 1, ...shape.slice(axis)];
    const widened = () => tensors.map((x) => steps.reshape(x, wider));
    return tidy(() => join(widened(), axis));
  };
}

const steps: ConcatSteps<Tensor> = { promote, concat: concatKernel };

/**
 * Tensors joined along an axis they have; promoted to one type.
 *
 * @param tensors At least one; equal shapes, except along `dim`.
 * @param dim Default 0; a negative one counts from the end.
 * @throws {ShapeError} When shapes differ along another axis.
 * @example
 * concat([tensor([[1], [2]]), tensor([[3, 4], [5, 6]])], 1); // [[1, 3, 4], [2, 5, 6]]
 */
export const concat: (tensors: readonly Tensor[], dim?: number) => Tensor =
  /* @__PURE__ */ concatenation<Tensor>(steps);

/**
 * Tensors of one shape joined along a new axis; promoted to one type.
 *
 * @param dim Where the new axis stands in the result. Default 0; a negative one counts from the end.
 * @throws {ShapeError} When shapes differ.
 * @example
 * stack([tensor([1, 2]), tensor([3, 4])], 1); // [[1, 3], [2, 4]]
 */
export const stack: (tensors: readonly Tensor[], dim?: number) => Tensor = /* @__PURE__ */ stacking<Tensor>({
  promote,
  concat: concatKernel,
  reshape,
});

/** Checks a list of tensors on one device. */
function expectTensors(operator: string, tensors: readonly TensorLike[]): void {
  if (!Array.isArray(tensors) || tensors.length === 0) {
    throw new TypeError(
      `${operator}: tensors must be an array of at least one tensor, got ${formatValue(tensors)}. Write ${operator}([a, b], dim).`,
    );
  }
  for (const [t, x] of tensors.entries()) expectTensor(operator, `tensors[${t}]`, x);
  checkTensors(operator, "any", tensors);
}
