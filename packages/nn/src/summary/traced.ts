import type { DType, Shape } from "@conv/core";
import { sizeOf } from "@conv/core/operators";
import { axisOf, carry, type Field, type Span, unionOf } from "./field.js";

/** A tensor without its elements: what kernels are run on to tell shapes, costs and receptive fields. */
export interface Traced {
  readonly shape: Shape;
  readonly dtype: DType;
  /** What its elements see of the input; undefined if they do not depend on it. */
  readonly field: Field | undefined;
  /** How many products were added up to make it. */
  readonly macs: number;
  /** Of indices that a pooling found: the field of what it looked at. */
  readonly picks?: Field | undefined;
}

/** Of the shape, seeing what `field` tells. */
export function traced(x: Traced, shape: Shape, field: Field | undefined, macs = 0): Traced {
  return { shape, dtype: x.dtype, field, macs };
}

/** The field of a result, from what becomes of each span that moves; the others are the same for all elements, and stay. */
export function follow(x: Traced, next: (span: Span) => Span | undefined): Field | undefined {
  return x.field?.map((span) => (span === undefined || span.length === 1 ? span : next(span)));
}

/** The field of a result in which the axes have other places: axis a of x is axis `to(a)`, if that tells one. */
export function carried(x: Traced, shape: Shape, to: (axis: number, span: Span) => number | undefined) {
  return follow(x, (span) => {
    const axis = axisOf(span, x.shape);
    const place = axis < 0 ? undefined : to(axis, span);
    return place === undefined ? undefined : carry(span, x.shape, axis, shape, place);
  });
}

/** The field of which nothing can be told, if the operands have one. */
export function unknownOf(...operands: readonly Traced[]): Field | undefined {
  return unionOf(operands.map(({ field }) => field?.map(() => undefined)));
}

/** Bytes of a tensor's elements. */
export function bytesOf({ shape, dtype }: { readonly shape: Shape; readonly dtype: DType }): number {
  return sizeOf(shape) * (dtype === "float64" ? 8 : 4);
}
