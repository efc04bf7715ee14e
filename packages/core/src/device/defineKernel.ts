import type { DType } from "../dtype.js";
import { BackendError } from "../errors.js";
import { isTensorLike } from "../options.js";
import { type Device, expectOwnTensor, type Tensor, type TensorLike } from "../tensor.js";
import { cpu } from "./cpu.js";
import type { Kernels } from "./kernels.js";

/** Which element types a kernel takes: all its tensors of one type, of one floating type, or (indices) of any. */
export type DTypeRule = "same" | "floating" | "any";

type Call = (...args: unknown[]) => Tensor;

/** A kernel of the cpu in WebAssembly: undefined where it does not take such tensors or sizes, or cannot run. */
export type WasmKernel<Name extends keyof Kernels<Tensor>> = (
  ...args: Parameters<Kernels<Tensor>[Name]>
) => Tensor | undefined;

/**
 * A kernel that runs on the device of its tensors: the device's own where it has one; on the cpu the WebAssembly one given
 * here, if it takes the call; else the plain one. They travel with the maps that use them, so that an unused one leaves
 * the bundle.
 *
 * The kernel throws a `BackendError` when tensors of two devices meet, or when a device without host memory lacks it,
 * and a `TypeError` when the tensors' types break the rule.
 */
/* @__NO_SIDE_EFFECTS__ */
export function defineKernel<Name extends keyof Kernels<Tensor>>(
  name: Name,
  plain: Kernels<Tensor>[Name],
  rule: DTypeRule = "same",
  wasm?: WasmKernel<Name>,
): Kernels<Tensor>[Name] {
  const call: Call = (...args) => {
    const tensors = args.flat().filter(isTensorLike) as TensorLike[];
    for (const x of tensors) expectOwnTensor(name, x);
    const device = checkTensors(name, rule, tensors);
    const fast =
      device === cpu ? (wasm as ((...args: unknown[]) => Tensor | undefined) | undefined)?.(...args) : undefined;
    if (fast !== undefined) return fast;
    const kernel = device.kernels[name] ?? (device.isHost ? plain : undefined);
    if (kernel === undefined) {
      throw new BackendError(
        `${name}: the device ${device.name} has no such kernel. Compute on the cpu: await x.toAsync(cpu).`,
      );
    }
    return (kernel as Call)(...args);
  };
  return call as Kernels<Tensor>[Name];
}

/**
 * Checks that tensors live on one device and, for maps of linear algebra, which do not promote, that their types agree.
 * Where one has no elements (see `Device`), the others may live anywhere.
 *
 * @returns The device.
 * @throws {BackendError} When they live on two.
 * @throws {TypeError} When there are none, when two types differ, or, for `"floating"`, when they are int32.
 */
export function checkTensors(operator: string, rule: DTypeRule, tensors: readonly TensorLike[]): Device {
  if (tensors.length === 0) {
    throw new TypeError(`${operator}: expected a Tensor. Make one with tensor(values, shape).`);
  }
  const [{ dtype }] = tensors;
  const { device } = tensors.find((x) => x.device.isMeta) ?? tensors[0];
  const stranger = device.isMeta ? undefined : tensors.find((x) => x.device !== device);
  if (stranger !== undefined) {
    const isTwin = stranger.device.name === device.name;
    throw new BackendError(
      `${operator}: its tensors live on two devices, ${device.name} and ${stranger.device.name}. ` +
        (isTwin ? "Two copies of @conv/core are loaded: import it in one way only." : "Move one: x.to(device)."),
    );
  }
  const other = rule === "any" ? undefined : tensors.find((x) => x.dtype !== dtype);
  if (other !== undefined) {
    throw new TypeError(
      `${operator}: its tensors have dtypes ${dtype} and ${other.dtype}. Make them of one: cast(x, "${higher(dtype, other.dtype)}").`,
    );
  }
  if (rule === "floating" && dtype === "int32") {
    throw new TypeError(`${operator}: its tensors are int32, but it computes in floats. Use cast(x, "float32").`);
  }
  return device;
}

const higher = (a: DType, b: DType): DType => (a === "float64" || b === "float64" ? "float64" : "float32");
