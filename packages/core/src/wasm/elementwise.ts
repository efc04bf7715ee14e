import type { DType } from "../dtype.js";
import { broadcastStrides, joinedAxes } from "../maps/rows.js";
import { broadcastShapes, type Shape, sizeOf } from "../shape.js";
import type { Tensor } from "../tensor.js";
import { computed } from "./run.js";

/** The functions of assembly/unary.ts, in its order. */
const UNARY = [
  "neg",
  "abs",
  "sqrt",
  "relu",
  "step",
  "fromInt",
  "toInt",
  "exp",
  "log",
  "sigmoid",
  "silu",
  "tanh",
  "erf",
  "gelu",
  "geluTanh",
  "leakyRelu",
  "elu",
  "softplus",
] as const;
/** The functions of assembly/pairs.ts, in its order; `where` is one for each type of its condition. */
const PAIRS = ["add", "sub", "mul", "div", "maximum", "minimum", "pow", "where", "whereInt"] as const;

/** About how many nanoseconds an element takes. What is not named here waits for the memory. */
const COSTS: { readonly [name: string]: number } = {
  exp: 1.5,
  log: 2,
  sigmoid: 2.5,
  silu: 2.5,
  tanh: 2,
  erf: 6,
  gelu: 5,
  geluTanh: 4,
  elu: 3,
  softplus: 6,
  pow: 7,
};

/** Results of fewer elements are left to the plain kernels: they are done before a job would be written down. */
export const FEW = 256;
/** Nanoseconds that a chunk takes, at least. */
const CHUNK = 8000;
/** How many axes the words of a job have room for. */
const MOST_AXES = 30;

/** Into how many chunks a map is cut, and what it costs: from the function and the size alone. */
function portions(name: string, size: number): { chunks: number; cost: number } {
  const cost = (COSTS[name] ?? 0.5) * size;
  return { cost, chunks: Math.min(16, Math.ceil(cost / CHUNK)) };
}

/**
 * The kernel of a map of single elements, float32 unless other types are named: from `FEW` elements on, and then the same
 * to the last bit on every machine and for any number of threads. So far are results from the exact ones at most, in units
 * of the last place, measured over a part of all float32 (½ is where the plain kernels are, which round float64):
 *
 *     neg, abs, sqrt, relu, step, leakyRelu, casts   0.50   equal to the plain kernels
 *     elu                                            0.51
 *     erf, gelu, softplus                            0.6    gelu by tanh: from x·σ(2g), of which the plain kernel loses the tail
 *     log, exp                                       0.9
 *     tanh                                           1.4
 *     sigmoid, silu                                  1.5
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
  return (x: Tensor, ...options: P): Tensor | undefined => {
    if (x.dtype !== from || x.size < FEW) return undefined;
    const job = portions(name, x.size);
    const words = new Int32Array(Float64Array.from(parameters?.(...options) ?? [0, 0]).buffer);
    const args = (y: Tensor) => [...words, UNARY.indexOf(name), x, y, x.size, job.chunks];
    return computed("unary", x, x.shape, args, { ...job, dtype: to });
  };
}

/**
 * The kernel of a map of two elements, float32, with broadcasting: from `FEW` elements on. Results equal those of the plain
 * kernels; `pow` is at most 0.51 units of the last place from the exact value.
 */
/* @__NO_SIDE_EFFECTS__ */
export function pairs(name: (typeof PAIRS)[number]) {
  return (a: Tensor, b: Tensor): Tensor | undefined =>
    a.dtype === "float32" ? broadcasting(name, broadcastShapes(name, a.shape, b.shape), a, b) : undefined;
}

/** The kernel of `where`, of float32 or int32. */
export function where(condition: Tensor, a: Tensor, b: Tensor): Tensor | undefined {
  if (a.dtype !== b.dtype || a.dtype === "float64" || condition.dtype === "float64") return undefined;
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
  const axes = lengths.map((length, axis) => [length, ...strides.map((steps) => steps[axis])]).reverse();
  const job = portions(name, size);
  const args = (y: Tensor) => [PAIRS.indexOf(name), y, a, b, c, size, job.chunks, axes.length, ...axes.flat()];
  return computed("pairs", a, shape, args, { ...job, scratch: 64 + 4 * MOST_AXES });
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
