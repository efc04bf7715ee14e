import type { Shape } from "@conv/core";
import { stridesOf } from "@conv/core/operators";

/*
 * The receptive field of a tensor's elements: which pixels of the model's input they depend on, along each of its
 * spatial axes. Element f of the tensor (flat, row-major) stands at position i = ⌊f / stride⌋ mod length along the axis,
 * and sees the pixels from first + i·jump on, `size` of them. Since i is told from the flat index, reshaping changes
 * nothing, as it does not in memory.
 *
 * As in the literature, sizes count pixels of the padding too, and holes that a dilation leaves.
 *
 * @see Dumoulin and Visin (arXiv:1603.07285); Araujo, Norris and Sim, "Computing receptive fields of convolutional neural
 *   networks" (Distill, 2019).
 */

/** What the elements of a tensor see along one spatial axis of the input. */
export interface Span {
  /** The first pixel that the element at position 0 sees; below 0 it lies in the padding. */
  readonly first: number;
  /** From the first to the last pixel that an element sees, both counted. */
  readonly size: number;
  /** Pixels from the field of one position to that of the next; 0 where there is one position. */
  readonly jump: number;
  /** Elements between neighbouring positions, and the number of positions: 1 if all elements see the same. */
  readonly stride: number;
  readonly length: number;
  /** The input's pixels along the axis. */
  readonly pixels: number;
}

/** Along each spatial axis of the input; undefined where it cannot be told. */
export type Field = readonly (Span | undefined)[];

/** A window that slides along an axis. */
export interface WindowAxis {
  readonly taps: number;
  readonly stride: number;
  readonly dilation: number;
  /** Pixels of padding before the first. */
  readonly before: number;
  /** Windows. */
  readonly out: number;
}

/** The field of the input itself: every pixel sees itself. */
export function fieldOfInput(shape: Shape): Field {
  const strides = stridesOf(shape);
  return shape.slice(2).map((length, axis) => {
    const stride = length > 1 ? strides[axis + 2] : 0;
    return { first: 0, size: 1, jump: length > 1 ? 1 : 0, stride, length, pixels: length };
  });
}

/** The axis of a tensor of this shape along which, or along a part of which, positions move; −1 if there is none. */
export function axisOf({ stride, length }: Span, shape: Shape): number {
  const strides = stridesOf(shape);
  return shape.findIndex((n, axis) => {
    const [inner, outer] = [strides[axis], strides[axis] * n];
    return length > 1 && stride % inner === 0 && outer % (stride * length) === 0;
  });
}

/** Whether positions move along the whole axis, not along a part of it. */
export function isAlong({ stride, length }: Span, shape: Shape, axis: number): boolean {
  return length === shape[axis] && stride === stridesOf(shape)[axis];
}

/** The same span when its axis becomes axis `to` of another shape, of the same length. */
export function carry(span: Span, shape: Shape, axis: number, toShape: Shape, to: number): Span {
  return { ...span, stride: (span.stride / stridesOf(shape)[axis]) * stridesOf(toShape)[to] };
}

/** What an element sees that depends on all positions. */
export function whole(span: Span): Span {
  const { first, size, jump, length } = span;
  const reach = (length - 1) * jump;
  return { ...span, first: first + Math.min(0, reach), size: size + Math.abs(reach), jump: 0, stride: 0, length: 1 };
}

/** What windows along the span's axis see; `stride` apart in their tensor. */
export function slide(span: Span, window: WindowAxis, stride: number): Span {
  const [first, reach] = [-window.before * span.jump, (window.taps - 1) * window.dilation * span.jump];
  return {
    ...span,
    first: span.first + first + Math.min(0, reach),
    size: span.size + Math.abs(reach),
    jump: window.out > 1 ? span.jump * window.stride : 0,
    stride: window.out > 1 ? stride : 0,
    length: window.out,
  };
}

/** What an element sees that depends on one of each of two tensors of one shape; undefined if it is no span. */
export function union(a: Span | undefined, b: Span | undefined): Span | undefined {
  if (a === undefined || b === undefined) return undefined;
  if (a.length === 1 && b.length > 1) return union(b, a);
  const first = Math.min(a.first, b.first);
  const size = Math.max(a.first + a.size, b.first + b.size) - first;
  const isSame = a.stride === b.stride && a.length === b.length;
  if (isSame && (a.jump === b.jump || a.length === 1))
    return { ...a, first, size, jump: a.jump === b.jump ? a.jump : 0 };
  if (b.length > 1) return undefined;
  const all = whole(a); // beside one that sees the same everywhere
  const seesAll = b.first <= 0 && b.first + b.size >= b.pixels;
  return seesAll || (all.first >= b.first && all.first + all.size <= b.first + b.size) ? b : undefined;
}

/** What elements see that depend on several tensors of one shape. Those that see nothing of the input have no field. */
export function unionOf(fields: readonly (Field | undefined)[]): Field | undefined {
  const [first, ...rest] = fields.filter((field) => field !== undefined);
  return rest.reduce((sofar, field) => sofar?.map((span, axis) => union(span, field[axis])), first);
}
