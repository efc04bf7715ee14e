import type { Kernels, Shape } from "@conv/core";
import { broadcastShapes, type StridedGeometry, sizeOf, stridesOf } from "@conv/core/operators";
import { axisOf, type Field, type Span, unionOf, whole } from "./field.js";
import { carried, follow, type Traced, traced, unknownOf } from "./traced.js";
import { windowKernels } from "./windowKernels.js";

/*
 * The kernels of a device whose tensors have no elements. Each gives the shape of its result, the products that it adds
 * up, and the receptive field; where that is no span, undefined. (Kernels trust their sizes: nothing is checked here.)
 */

/** The field of x in a shape that it broadcasts to: axes are aligned at the end. */
function broadcast(x: Traced, shape: Shape): Field | undefined {
  if (sizeOf(x.shape) === sizeOf(shape)) return x.field;
  const ahead = shape.length - x.shape.length;
  return carried(x, shape, (axis) => axis + ahead);
}

/** Element by element, with broadcasting. */
function elementwise(...operands: readonly Traced[]): Traced {
  const shape = operands.map((x) => x.shape).reduce((a, b) => broadcastShapes("elementwise", a, b));
  const values = operands[operands.length - 1]; // a condition comes first
  return traced(values, shape, unionOf(operands.map((x) => broadcast(x, shape))));
}

const unary = (x: Traced): Traced => traced(x, x.shape, x.field);

/** Sums, maxima: positions along reduced axes become one. */
function reduce(x: Traced, { keptShape, yShape }: { readonly keptShape: Shape; readonly yShape: Shape }): Traced {
  const field = follow(x, (span) => {
    const axis = axisOf(span, x.shape);
    if (axis < 0) return undefined;
    if (keptShape[axis] !== x.shape[axis]) return whole(span);
    return carried({ ...x, field: [span] }, keptShape, () => axis)?.[0];
  });
  return traced(x, yShape, field);
}

/** What is seen through other strides: of the axes of y one may move along the span, the others must leave it alone. */
function throughStrides(span: Span, { yShape, offset, strides }: StridedGeometry): Span | undefined {
  const period = span.stride * span.length;
  const start = Math.floor(offset / span.stride) % span.length;
  const moving = yShape.map((_, axis) => axis).filter((axis) => yShape[axis] > 1 && strides[axis] % period !== 0);
  const inside = moving.filter((axis) => strides[axis] % span.stride !== 0);
  const [along, ...others] = moving.filter((axis) => strides[axis] % span.stride === 0);
  const reach = inside.map((axis) => strides[axis] * (yShape[axis] - 1));
  const least = reach.reduce((sum, far) => sum + Math.min(0, far), offset % span.stride);
  const most = reach.reduce((sum, far) => sum + Math.max(0, far), offset % span.stride);
  if (others.length > 0 || least < 0 || most >= span.stride) return undefined;
  const first = span.first + start * span.jump;
  if (along === undefined) return { ...span, first, jump: 0, stride: 0, length: 1 };
  const step = strides[along] / span.stride;
  const last = start + step * (yShape[along] - 1);
  if (last < 0 || last >= span.length) return undefined;
  return { ...span, first, jump: span.jump * step, stride: stridesOf(yShape)[along], length: yShape[along] };
}

/** Whether y is all of x in its own order. */
const isInOrder = ({ xShape, yShape, strides }: StridedGeometry) =>
  sizeOf(xShape) === sizeOf(yShape) &&
  stridesOf(yShape).every((stride, axis) => yShape[axis] === 1 || stride === strides[axis]);

/** What is seen through other strides, also where positions move along a part of an axis, as long as it is read whole. */
function strided(x: Traced, geometry: StridedGeometry): Traced {
  const { yShape, offset, strides } = geometry;
  if (isInOrder(geometry)) return traced(x, yShape, x.field);
  const field = follow(x, (span) => {
    const direct = throughStrides(span, geometry);
    const period = span.stride * span.length;
    if (direct !== undefined || offset % period !== 0) return direct;
    const holder = strides.findIndex(
      (stride, axis) => stride > 0 && span.stride % stride === 0 && (stride * yShape[axis]) % period === 0,
    );
    if (holder < 0) return undefined;
    return { ...span, stride: (span.stride / strides[holder]) * stridesOf(yShape)[holder] };
  });
  return traced(x, yShape, field);
}

/** Elements at indices that a pooling of x found have its field; other indices choose what nobody knows beforehand. */
function gather(x: Traced, indices: Traced, yShape: Shape): Traced {
  const isKnown = x.field === undefined || x.field === indices.picks;
  return traced(x, yShape, isKnown ? indices.field : unknownOf(x, indices));
}

/** Windows of other sizes from row to row: they have no one field. */
const resample = (x: Traced, { yShape }: { readonly yShape: Shape }): Traced => traced(x, yShape, unknownOf(x));

/** All kernels, of tensors without elements. */
export const metaKernels: Kernels<Traced> = {
  ...windowKernels,
  matmul: (a, b, { yShape, depth }) => {
    const rank = yShape.length;
    /** Axis `inner` from the end is summed over, and the others keep their places from the end. */
    const side = (x: Traced, inner: number) =>
      follow(x, (span) => {
        const axis = axisOf(span, x.shape);
        if (axis === x.shape.length - inner) return whole(span);
        return carried({ ...x, field: [span] }, yShape, (from) => from + rank - x.shape.length)?.[0];
      });
    return traced(a, yShape, unionOf([side(a, 1), side(b, 2)]), sizeOf(yShape) * depth);
  },
  add: elementwise,
  sub: elementwise,
  mul: elementwise,
  div: elementwise,
  pow: elementwise,
  maximum: elementwise,
  minimum: elementwise,
  where: elementwise,
  neg: unary,
  abs: unary,
  exp: unary,
  log: unary,
  sqrt: unary,
  step: unary,
  cast: (x, dtype) => ({ ...unary(x), dtype }),
  relu: unary,
  leakyRelu: unary,
  elu: unary,
  gelu: unary,
  erf: unary,
  sigmoid: unary,
  silu: unary,
  tanh: unary,
  softplus: unary,
  sum: reduce,
  max: reduce,
  min: reduce,
  argmax: (x, geometry) => ({ ...reduce(x, geometry), dtype: "int32" }),
  strided,
  stridedAdjoint: (gradY, { xShape }) => traced(gradY, xShape, unknownOf(gradY)),
  gather: (x, indices, { yShape }) => gather(x, indices, yShape),
  gatherAdjoint: (gradY, indices, { xShape }) => traced(gradY, xShape, unknownOf(gradY, indices)),
  resample,
  concat: (tensors, { dim, yShape }) => {
    const fields = tensors.map((x) => carried(x, yShape, (axis) => (axis === dim ? undefined : axis)));
    return traced(tensors[0], yShape, unionOf(fields));
  },
  blend: (a, b) => elementwise(a, b),
  blendSquare: (a, b) => elementwise(a, b),
  descend: (p, m, v) => elementwise(p, m, v),
};
