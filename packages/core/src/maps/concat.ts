import { checkTensors, defineKernel } from "../device/defineKernel.js";
import { ShapeError } from "../errors.js";
import { expectTensor, formatValue } from "../options.js";
import { formatShape, isSameShape, resolveDim } from "../shape.js";
import { allocate, type Tensor, valuesOf } from "../tensor.js";
import { concatGeometry } from "./concatGeometry.js";
import { promote } from "./promote.js";
import { reshape } from "./reshape.js";

/** The kernel of `concat`. Its adjoint gives every tensor its slice of the gradient. */
export const concatKernel = /* @__PURE__ */ defineKernel("concat", (tensors, { outer, lengths, inner, yShape }) => {
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
});

/**
 * Tensors joined along an axis they have; promoted to one type.
 *
 * @param tensors At least one; equal shapes, except along `dim`.
 * @param dim Default 0; a negative one counts from the end.
 * @throws {ShapeError} When shapes differ along another axis.
 * @example
 * concat([tensor([[1], [2]]), tensor([[3, 4], [5, 6]])], 1); // [[1, 3, 4], [2, 5, 6]]
 */
export function concat(tensors: readonly Tensor[], dim = 0): Tensor {
  expectTensors("concat", tensors);
  const geometry = concatGeometry(
    tensors.map(({ shape }) => shape),
    dim,
  );
  return concatKernel(promote("concat", tensors), geometry);
}

/**
 * Tensors of one shape joined along a new axis; promoted to one type.
 *
 * @param dim Where the new axis stands in the result. Default 0; a negative one counts from the end.
 * @throws {ShapeError} When shapes differ.
 * @example
 * stack([tensor([1, 2]), tensor([3, 4])], 1); // [[1, 3], [2, 4]]
 */
export function stack(tensors: readonly Tensor[], dim = 0): Tensor {
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
  return concat(
    tensors.map((x) => reshape(x, wider)),
    axis,
  );
}

/** Checks a list of tensors on one device. */
function expectTensors(operator: string, tensors: readonly Tensor[]): void {
  if (!Array.isArray(tensors) || tensors.length === 0) {
    throw new TypeError(
      `${operator}: tensors must be an array of at least one tensor, got ${formatValue(tensors)}. Write ${operator}([a, b], dim).`,
    );
  }
  for (const [t, x] of tensors.entries()) expectTensor(operator, `tensors[${t}]`, x);
  checkTensors(operator, "any", tensors);
}
