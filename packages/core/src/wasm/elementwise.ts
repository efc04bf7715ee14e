import type { DType } from "../dtype.js";
import { broadcastStrides, joinedAxes } from "../maps/rows.js";
import { broadcastShapes, type Shape, sizeOf } from "../shape.js";
import type { Tensor } from "../tensor.js";
import { computed } from "./run.js";

/** Results of fewer elements are left to the plain kernels: they are done before a job would be written down. */
export const FEW = 256;
/** Nanoseconds that a chunk takes, at least. */
const CHUNK = 8000;
/** Nanoseconds per element of the functions that wait for the memory. */
const FAST = 0.5;
/** How many axes the words of a job have room for. */
const MOST_AXES = 30;

/** Into how many chunks a map is cut, and what it costs: from the function and the size alone. */
function portions(nanoseconds: number, size: number): { chunks: number; cost: number } {
  const cost = nanoseconds * size;
  return { cost, chunks: Math.min(16, Math.ceil(cost / CHUNK)) };
}

/**
 * A map of single elements, float32 unless other types are named.
 *
 * @param op Its number in assembly/unary.ts.
 * @param nanoseconds About how long an element takes.
 * @param parameters Which two numbers its options are to it, if any.
 */
/* @__NO_SIDE_EFFECTS__ */
function unary<P extends unknown[]>(
  op: number,
  nanoseconds = FAST,
  parameters?: (...options: P) => readonly [number, number],
  from: DType = "float32",
  to: DType = from,
) {
  return (x: Tensor, ...options: P): Tensor | undefined => {
    if (x.dtype !== from || x.size < FEW) return undefined;
    const job = portions(nanoseconds, x.size);
    const words = new Int32Array(Float64Array.from(parameters?.(...options) ?? [0, 0]).buffer);
    return computed("unary", x, x.shape, (y) => [...words, op, x, y, x.size, job.chunks], { ...job, dtype: to });
  };
}

/**
 * A map of two elements, float32, with broadcasting.
 *
 * @param operator How errors call it.
 * @param op Its number in assembly/pairs.ts.
 * @param nanoseconds About how long an element takes.
 */
/* @__NO_SIDE_EFFECTS__ */
function pairs(operator: string, op: number, nanoseconds = FAST) {
  return (a: Tensor, b: Tensor): Tensor | undefined =>
    a.dtype === "float32"
      ? broadcasting(op, nanoseconds, broadcastShapes(operator, a.shape, b.shape), a, b)
      : undefined;
}

function broadcasting(op: number, nanoseconds: number, shape: Shape, a: Tensor, b: Tensor, c = a): Tensor | undefined {
  const size = sizeOf(shape);
  if (size < FEW) return undefined;
  const { lengths, strides } = joinedAxes(
    shape,
    [a, b, c].map((x) => broadcastStrides(x.shape, shape)),
  );
  if (lengths.length > MOST_AXES) return undefined;
  const axes = lengths.map((length, axis) => [length, ...strides.map((steps) => steps[axis])]).reverse();
  const job = portions(nanoseconds, size);
  const args = (y: Tensor) => [op, y, a, b, c, size, job.chunks, axes.length, ...axes.flat()];
  return computed("pairs", a, shape, args, { ...job, scratch: 64 + 4 * MOST_AXES });
}

/*
 * The kernels of the cpu in WebAssembly: of float32, from `FEW` elements on, and then the same to the last bit on every
 * machine and for any number of threads. So far are results from the exact ones at most, in units of the last place,
 * measured over a part of all float32 (the plain kernels, which round float64, are within ½):
 *
 *     neg to minimum, where, casts, relu, leakyRelu  0.50   equal to the plain kernels
 *     pow, elu                                       0.51   computed in float64, as all up to gelu
 *     erf, softplus                                  0.6
 *     gelu                                           0.6    by tanh, too: x·σ(2g) keeps the tail, which the plain kernel loses
 *     exp, log                                       0.9    computed in float32
 *     tanh                                           1.4
 *     sigmoid, silu                                  1.6    but for the quotient, in float64
 */

/** The kernel of `neg`. */
export const neg = /* @__PURE__ */ unary(0);
/** The kernel of `abs`. */
export const abs = /* @__PURE__ */ unary(1);
/** The kernel of `sqrt`. */
export const sqrt = /* @__PURE__ */ unary(2);
/** The kernel of `relu`. */
export const relu = /* @__PURE__ */ unary(3);
/** The kernel of `step`. */
export const step = /* @__PURE__ */ unary(4);
/** The kernel of `exp`. */
export const exp = /* @__PURE__ */ unary(7, 1.5);
/** The kernel of `log`. */
export const log = /* @__PURE__ */ unary(8, 2);
/** The kernel of `sigmoid`. */
export const sigmoid = /* @__PURE__ */ unary(9, 2.5);
/** The kernel of `silu`. */
export const silu = /* @__PURE__ */ unary(10, 2.5);
/** The kernel of `tanh`. */
export const tanh = /* @__PURE__ */ unary(11, 2);
/** The kernel of `erf`. */
export const erf = /* @__PURE__ */ unary(12, 6);
/** The kernel of `leakyRelu`. */
export const leakyRelu = /* @__PURE__ */ unary(15, FAST, ({ negativeSlope }: { negativeSlope: number }) => [
  negativeSlope,
  0,
]);
/** The kernel of `elu`. */
export const elu = /* @__PURE__ */ unary(16, 3, ({ alpha, scale }: { alpha: number; scale: number }) => [
  scale * alpha,
  scale,
]);
/** The kernel of `softplus`. */
export const softplus = /* @__PURE__ */ unary(17, 6, ({ beta, threshold }: { beta: number; threshold: number }) => [
  beta,
  threshold,
]);

const geluExact = /* @__PURE__ */ unary(13, 5);
const geluByTanh = /* @__PURE__ */ unary(14, 4);
/** The kernel of `gelu`. */
export function gelu(x: Tensor, { approximate }: { readonly approximate: "none" | "tanh" }): Tensor | undefined {
  return (approximate === "tanh" ? geluByTanh : geluExact)(x);
}

const fromInt = /* @__PURE__ */ unary(5, FAST, undefined, "int32", "float32");
const toInt = /* @__PURE__ */ unary(6, FAST, undefined, "float32", "int32");
/** The kernel of `cast`, between float32 and int32, unless int32 cannot hold an element: the plain kernel says which. */
export function cast(x: Tensor, dtype: DType): Tensor | undefined {
  if (dtype === "float32") return fromInt(x);
  const y = dtype === "int32" ? toInt(x) : undefined;
  if (!(y?.storage as Int32Array | undefined)?.includes(2 ** 31 - 1)) return y; // it stands for what does not fit
  y?.dispose();
  return undefined;
}

/** The kernel of `add`. */
export const add = /* @__PURE__ */ pairs("add", 0);
/** The kernel of `sub`. */
export const sub = /* @__PURE__ */ pairs("sub", 1);
/** The kernel of `mul`. */
export const mul = /* @__PURE__ */ pairs("mul", 2);
/** The kernel of `div`. */
export const div = /* @__PURE__ */ pairs("div", 3);
/** The kernel of `maximum`. */
export const maximum = /* @__PURE__ */ pairs("maximum", 4);
/** The kernel of `minimum`. */
export const minimum = /* @__PURE__ */ pairs("minimum", 5);

const raise = /* @__PURE__ */ pairs("pow", 6, 7);
/** The kernel of `pow`. Squares are products. */
export function pow(a: Tensor, b: Tensor): Tensor | undefined {
  const isSquare = b.size === 1 && (b.storage as ArrayLike<number>)[0] === 2 && b.shape.length <= a.shape.length;
  return isSquare ? mul(a, a) : raise(a, b);
}

/** The kernel of `where`, of float32 or int32, and a condition of either. */
export function where(condition: Tensor, a: Tensor, b: Tensor): Tensor | undefined {
  if (a.dtype !== b.dtype || a.dtype === "float64" || condition.dtype === "float64") return undefined;
  const shape = broadcastShapes("where", condition.shape, broadcastShapes("where", a.shape, b.shape));
  return broadcasting(condition.dtype === "int32" ? 8 : 7, FAST, shape, a, b, condition);
}
