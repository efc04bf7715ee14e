import { tensor } from "../create.js";
import type { Kernels } from "../device/kernels.js";
import { BackendError } from "../errors.js";
import {
  abs,
  adaptiveAvgPool,
  adaptiveAvgPoolAdjoint,
  adaptiveMaxPoolIndices,
  add,
  argmax,
  avgPool,
  avgPoolAdjoint,
  blend,
  blendSquare,
  cast,
  col2im,
  concat,
  conv,
  convAdjointW,
  convAdjointX,
  descend,
  div,
  elu,
  erf,
  exp,
  gather,
  gatherAdjoint,
  gelu,
  im2col,
  leakyRelu,
  log,
  matmul,
  max,
  maximum,
  maxPoolIndices,
  min,
  minimum,
  mul,
  neg,
  pad,
  padAdjoint,
  pow,
  relu,
  resample,
  sigmoid,
  silu,
  softplus,
  sqrt,
  step,
  strided,
  stridedAdjoint,
  sub,
  sum,
  tanh,
  where,
} from "../kernels.js";
import { cast as castTensor } from "../maps/cast.js";
import { formatShape, isSameShape } from "../shape.js";
import { type Device, Tensor } from "../tensor.js";
import { allClose, type Tolerance } from "./allClose.js";
import { kernelCases } from "./kernelCases.js";
import { plain } from "./specification.js";

/** A check that a device gets one call of a kernel right. */
export interface ConformanceCase {
  /** The kernel and the case: `conv: 3×3, stride 2`. */
  readonly name: string;
  readonly kernel: keyof Kernels<Tensor>;
  /** Whether the kernel is a map of its own, or the adjoint of one, which a backward pass calls. */
  readonly direction: "forward" | "backward";
  /**
   * Runs the kernel on the device and compares the result with the specification.
   *
   * @throws {Error} Naming the first entry that differs.
   */
  run(): Promise<void>;
}

/** The maps that only a backward pass calls. */
const BACKWARD: readonly (keyof Kernels<Tensor>)[] = [
  "convAdjointX",
  "convAdjointW",
  "padAdjoint",
  "col2im",
  "avgPoolAdjoint",
  "adaptiveAvgPoolAdjoint",
  "stridedAdjoint",
  "gatherAdjoint",
];

/** Room for sums of some thousand float32 products in any order, and for F(4×4) Winograd, whose error is 10 times that. */
const FLOAT32_SUM: Tolerance = { rtol: 1e-4, atol: 1e-4 };

/**
 * What any device must get right: every kernel, forward and adjoint, on the whole table of cases, against the plain
 * kernels in float64; convolutions against nested loops and against the transposed matrices Ŵᵀ and X̂ᵀ.
 *
 * @param device Results may come late: they are awaited.
 * @param tolerance Default: rtol and atol 1e-4. int32 must be equal.
 * @returns The checks, for the test runner of your choice.
 * @example
 * for (const { name, run } of conformance(gpu)) test(name, run);
 */
export function conformance(device: Device, tolerance: Tolerance = FLOAT32_SUM): ConformanceCase[] {
  const tables = Object.entries(kernelCases) as [keyof Kernels<Tensor>, readonly AnyCase[]][];
  return tables.flatMap(([kernel, cases]) =>
    cases.map((given) => ({
      name: `${kernel}: ${given.name}`,
      kernel,
      direction: BACKWARD.includes(kernel) ? ("backward" as const) : ("forward" as const),
      run: () => check(device, kernel, given, tolerance),
    })),
  );
}

/** Every kernel, as it runs on the device of its tensors. */
const calls: Kernels<Tensor> = {
  abs,
  adaptiveAvgPool,
  adaptiveAvgPoolAdjoint,
  adaptiveMaxPoolIndices,
  add,
  argmax,
  avgPool,
  avgPoolAdjoint,
  blend,
  blendSquare,
  cast,
  col2im,
  concat,
  conv,
  convAdjointW,
  convAdjointX,
  descend,
  div,
  elu,
  erf,
  exp,
  gather,
  gatherAdjoint,
  gelu,
  im2col,
  leakyRelu,
  log,
  matmul,
  max,
  maxPoolIndices,
  maximum,
  min,
  minimum,
  mul,
  neg,
  pad,
  padAdjoint,
  pow,
  relu,
  resample,
  sigmoid,
  silu,
  softplus,
  sqrt,
  step,
  strided,
  stridedAdjoint,
  sub,
  sum,
  tanh,
  where,
};

type Call = (...args: readonly unknown[]) => Tensor;

/** A case of one kernel or another: what its arguments are was checked where it was written. */
interface AnyCase {
  readonly name: string;
  readonly args: readonly unknown[];
  readonly specification?: Call;
}

async function check(device: Device, kernel: keyof Kernels<Tensor>, given: AnyCase, tolerance: Tolerance) {
  const call = calls[kernel] as Call;
  const exact = given.args.map((arg) => mapTensors(arg, (x) => inFloat64(x).to(plain)));
  const expected = (given.specification ?? call)(...exact);

  const args = given.args.map((arg) => mapTensors(arg, (x) => x.to(device)));
  const y = call(...args);
  if (!isSameShape(y.shape, expected.shape)) {
    throw new Error(`${kernel}: the shape is ${formatShape(y.shape)}, expected ${formatShape(expected.shape)}`);
  }
  if (y.device !== device) {
    throw new BackendError(`${kernel}: the result is on ${y.device.name}, expected on ${device.name}`);
  }
  const got = tensor(await y.data(), y.shape);
  const room = y.dtype === "int32" ? { rtol: 0, atol: 0 } : tolerance;
  const difference = allClose(got, expected.dataSync(), room);
  if (difference !== undefined) throw new Error(`${kernel}: ${difference}`);
}

/** An argument with its tensors replaced; geometries and options stay as they are. */
function mapTensors(arg: unknown, f: (x: Tensor) => Tensor): unknown {
  if (arg instanceof Tensor) return f(arg);
  return Array.isArray(arg) ? arg.map((inner) => mapTensors(inner, f)) : arg;
}

function inFloat64(x: Tensor): Tensor {
  return x.dtype === "float32" ? castTensor(x, "float64") : x;
}
