import { reshape, type Variable } from "@conv/autograd";
import { type Shape, ShapeError, type Tensor } from "@conv/core";
import { checkInteger, expectTensor, formatShape, formatValue, resolveDim, sizeOf } from "@conv/core/operators";
import { Module } from "../module.js";

/**
 * Splits the axis `dim` into axes of these lengths, one of which may be −1: what remains. The opposite of `Flatten`.
 *
 * @throws {ShapeError} When the axis has another length.
 * @throws {RangeError} When x has no such axis, or a length is none.
 * @example
 * new Unflatten(1, [4, 7, 7]).forward(zeros([2, 196])).shape; // [2, 4, 7, 7]
 */
export class Unflatten extends Module {
  readonly dim: number;
  readonly shape: Shape;

  constructor(dim: number, shape: Shape) {
    super();
    this.dim = checkInteger("Unflatten", "dim", dim, Number.NEGATIVE_INFINITY);
    if (!Array.isArray(shape) || shape.length === 0) {
      throw new TypeError(`Unflatten: shape must be an array of lengths such as [4, 7, 7], got ${formatValue(shape)}.`);
    }
    this.shape = shape.map((length) => checkInteger("Unflatten", "a length", length, -1));
    if (shape.filter((length) => length === -1).length > 1) {
      throw new RangeError(
        `Unflatten: shape ${formatShape(shape)} leaves more than one length open. Use at most one -1.`,
      );
    }
  }

  override get ownForward(): unknown {
    return Unflatten.prototype.forward;
  }

  forward(x: Variable | Tensor): Variable {
    expectTensor("Unflatten", "x", x);
    const dim = resolveDim("Unflatten", x.shape, this.dim);
    const known = sizeOf(this.shape.filter((length) => length !== -1));
    const open = x.shape[dim] / known;
    const lengths = this.shape.map((length) => (length === -1 ? open : length));
    if (!lengths.every(Number.isInteger) || sizeOf(lengths) !== x.shape[dim]) {
      throw new ShapeError(
        `Unflatten: axis ${this.dim} of x ${formatShape(x.shape)} does not split into ${formatShape(this.shape)}. ` +
          "Use lengths whose product it is.",
      );
    }
    return reshape(x, [...x.shape.slice(0, dim), ...lengths, ...x.shape.slice(dim + 1)]);
  }
}
