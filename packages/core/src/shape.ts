import { ShapeError } from "./errors.js";
import { checkInteger, formatValue } from "./options.js";

/** The lengths of a tensor's axes, outermost first. `[]` is the shape of a scalar. */
export type Shape = readonly number[];

/** Number of elements of a tensor of this shape: the product of its axes (1 for a scalar). */
export function sizeOf(shape: Shape): number {
  let size = 1;
  for (const length of shape) size *= length;
  return size;
}

/** How far apart neighbours along each axis lie in memory, in elements: row-major, the last axis contiguous. */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis];
  }
  return strides;
}

/** True when both shapes have the same axes of the same lengths. */
export function isSameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((length, axis) => length === b[axis]);
}

/** A shape as errors print it: `[2, 3, 28, 28]`. */
export function formatShape(shape: Shape): string {
  return `[${shape.join(", ")}]`;
}

/**
 * The shape that two tensors have in common after broadcasting: axes are aligned at the end, and an axis of
 * length 1 (or a missing one) stretches to the other's length.
 *
 * @throws {ShapeError} When two aligned axes differ and neither is 1.
 * @see NumPy, "Broadcasting": the same rule.
 */
export function broadcastShapes(operator: string, a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const lengthA = a[a.length - rank + axis] ?? 1;
    const lengthB = b[b.length - rank + axis] ?? 1;
    if (lengthA !== lengthB && lengthA !== 1 && lengthB !== 1) {
      throw new ShapeError(
        `${operator}: shapes ${formatShape(a)} and ${formatShape(b)} do not broadcast: ` +
          `axis ${axis - rank} has lengths ${lengthA} and ${lengthB}. Make them equal, or one of them 1.`,
      );
    }
    return lengthA === 1 ? lengthB : lengthA;
  });
}

/**
 * The axes that `dim` names, ascending; a negative one counts from the end. None given: all axes.
 *
 * @throws {RangeError} When an axis does not exist or is named twice.
 */
export function resolveDims(operator: string, shape: Shape, dim?: number | readonly number[]): number[] {
  if (dim === undefined) return shape.map((_, axis) => axis);
  const dims = [dim].flat().map((d: number) => {
    if (!Number.isInteger(d) || d < -shape.length || d >= shape.length) {
      throw new RangeError(
        `${operator}: dim ${formatValue(d)} is not an axis of ${formatShape(shape)}. ` +
          (shape.length === 0 ? "A scalar has none." : `Use ${-shape.length} to ${shape.length - 1}.`),
      );
    }
    return d < 0 ? d + shape.length : d;
  });
  if (new Set(dims).size < dims.length) {
    throw new RangeError(`${operator}: dim [${[dim].flat().join(", ")}] names an axis twice. Name each axis once.`);
  }
  return dims.sort((a, b) => a - b);
}

/**
 * The one axis that `dim` names; a negative one counts from the end.
 *
 * @param name How errors call it.
 * @throws {TypeError} When it is not a number: several axes, or none.
 * @throws {RangeError} When the axis does not exist.
 */
export function resolveDim(operator: string, shape: Shape, dim: number, name = "dim"): number {
  if (typeof dim !== "number") {
    throw new TypeError(`${operator}: ${name} must be one axis, a number, got ${formatValue(dim)}.`);
  }
  return resolveDims(operator, shape, dim)[0];
}

/**
 * Checks that an argument has the shape that the other sizes imply.
 *
 * @throws {ShapeError} When it has not.
 */
export function expectShape(operator: string, name: string, given: Shape, expected: Shape): void {
  if (!isSameShape(given, expected)) {
    throw new ShapeError(
      `${operator}: ${name} has shape ${formatShape(given)}, but these sizes need ${formatShape(expected)}. Give it that shape.`,
    );
  }
}

/**
 * A copy of the shape, every axis checked.
 *
 * @param name How errors call it.
 * @throws {RangeError} When an axis is not an integer of at least 0.
 */
export function checkShape(operator: string, shape: Shape, name = "shape"): Shape {
  if (!Array.isArray(shape)) {
    throw new TypeError(`${operator}: ${name} must be an array of axes such as [2, 3], got ${formatValue(shape)}.`);
  }
  return Array.from(shape, (length) => checkInteger(operator, `each axis of ${name} ${formatShape(shape)}`, length, 0));
}
