import type { DType } from "../dtype.js";
import { broadcastStrides, joinedAxes } from "../maps/rows.js";
import { broadcastShapes, type Shape, sizeOf } from "../shape.js";
import type { Tensor } from "../tensor.js";
import { computed } from "./run.js";

/** The functions of assembly/unary.ts, in its order. */
const UNARY = [
  ...(["neg", "abs", "sqrt", "relu", "step", "fromInt", "toInt"] as const),
  ...(["exp", "log", "sigmoid", "silu", "tanh", "erf", "gelu", "geluTanh", "leakyRelu", "elu", "softplus"] as const),
];

/** The functions of assembly/pairs.ts, in its order; `where` is one for each type of its condition. */
const PAIRS = ["add", "sub", "mul", "div", "maximum", "minimum", "pow", "where", "whereInt"] as const;

/** Results of fewer elements are left to the plain kernels: they are done before a job would be written down. */
export const FEW = 256;
/** Elements of a chunk, at least: some microseconds. */
const CHUNK = 16384;
/** How many axes the words of a job have room for. */
const MOST_AXES = 30;

/** How many chunks a map of so many elements is cut into. */
const chunksOf = (size: number): number => Math.min(16, Math.ceil(size / CHUNK));

/** About how many nanoseconds an element takes: those that are not named here are as fast as the memory. */
const COSTS: { readonly [name: string]: number } = { erf: 4, gelu: 3, softplus: 3, pow: 5 };
const FAST = 0.5;

/**
 * The kernel of a map of single elements, float32 unless other types are named.
 *
 * Results are those of the plain kernels, rounded once, but for errors of 10⁻⁸ of an element at most, which now and then
 * round to the neighbouring float32: at most 0.6 units in the last place from the exact value (measured).
 *
 * @param parameters Which two numbers its options are to it, if any.
 */
/* @__NO_SIDE_EFFECTS__ */
export function unary<P extends unknown[]>(
  name: (typeof UNARY)[number],
  parameters?: (...options: P) => readonly [number, number],
  from: DType = "float32",
  to: DType = from,
) {
  const op = UNARY.indexOf(name);
  return (x: Tensor, ...options: P): Tensor | undefined => {
    if (x.dtype !== from || x.size < FEW) return undefined;
    const chunks = chunksOf(x.size);
    const words = new Int32Array(Float64Array.from(parameters?.(...options) ?? [0, 0]).buffer);
    return computed("unary", x, x.shape, (y) => [...words, op, x, y, x.size, chunks], {
      dtype: to,
      chunks,
      cost: (COSTS[name] ?? (op < 7 ? FAST : 2)) * x.size,
    });
  };
}

/** The kernel of a map of two elements, float32, with broadcasting. */
/* @__NO_SIDE_EFFECTS__ */
export function pairs(name: (typeof PAIRS)[number]) {
  return (a: Tensor, b: Tensor): Tensor | undefined =>
    a.dtype === "float32" ? broadcasting(name, broadcastShapes(name, a.shape, b.shape), a, b) : undefined;
}

/** The kernel of `where`, float32: of a condition of float32 or int32. */
export function where(condition: Tensor, a: Tensor, b: Tensor): Tensor | undefined {
  if (a.dtype !== "float32" || condition.dtype === "float64") return undefined;
  const shape = broadcastShapes("where", condition.shape, broadcastShapes("where", a.shape, b.shape));
  return broadcasting(condition.dtype === "int32" ? "whereInt" : "where", shape, a, b, condition);
}

function broadcasting(name: (typeof PAIRS)[number], shape: Shape, a: Tensor, b: Tensor, c = a): Tensor | undefined {
  const size = sizeOf(shape);
  if (size < FEW) return undefined;
  const { lengths, strides } = joinedAxes(
    shape,
    [a, b, c].map((x) => broadcastStrides(x.shape, shape)),
  );
  if (lengths.length > MOST_AXES) return undefined;
  const axes = lengths.flatMap((_, axis) => [lengths, ...strides].map((numbers) => numbers[lengths.length - 1 - axis]));
  const chunks = chunksOf(size);
  return computed("pairs", a, shape, (y) => [PAIRS.indexOf(name), y, a, b, c, size, chunks, lengths.length, ...axes], {
    chunks,
    scratch: 64 + 4 * MOST_AXES,
    cost: (COSTS[name] ?? FAST) * size,
  });
}

const multiply = /* @__PURE__ */ pairs("mul");
const raise = /* @__PURE__ */ pairs("pow");

/** The kernel of `pow`, float32. Squares are products. */
export function power(a: Tensor, b: Tensor): Tensor | undefined {
  const isSquare = b.size === 1 && (b.storage as ArrayLike<number>)[0] === 2 && b.shape.length <= a.shape.length;
  return isSquare ? multiply(a, a) : raise(a, b);
}

const fromInt = /* @__PURE__ */ unary("fromInt", undefined, "int32", "float32");
const toInt = /* @__PURE__ */ unary("toInt", undefined, "float32", "int32");

/** The kernel of `cast` between float32 and int32, unless int32 cannot hold an element: the plain kernel says which. */
export function cast(x: Tensor, dtype: DType): Tensor | undefined {
  if (dtype === "float32") return fromInt(x);
  const y = dtype === "int32" ? toInt(x) : undefined;
  if (!(y?.storage as Int32Array | undefined)?.includes(2 ** 31 - 1)) return y; // it stands for what does not fit
  y?.dispose();
  return undefined;
}
