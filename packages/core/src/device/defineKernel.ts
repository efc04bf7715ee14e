import { BackendError } from "../errors.js";
import { type Device, Tensor } from "../tensor.js";
import type { Kernels } from "./kernels.js";

type Call = (...args: unknown[]) => Tensor;

/**
 * A kernel that runs on the device of its tensors: the device's own where it has one, else the plain one given here.
 * The plain kernels travel with the maps that use them, so that an unused one leaves the bundle.
 *
 * @throws {BackendError} From the kernel, when tensors of two devices meet, or when a device without host memory
 *   lacks the kernel.
 */
/* @__NO_SIDE_EFFECTS__ */
export function defineKernel<Name extends keyof Kernels<Tensor>>(
  name: Name,
  plain: Kernels<Tensor>[Name],
): Kernels<Tensor>[Name] {
  const call: Call = (...args) => {
    const device = commonDevice(name, args);
    const kernel = device.kernels[name] ?? (device.isHost ? plain : undefined);
    if (kernel === undefined) {
      throw new BackendError(`${name}: the device ${device.name} has no such kernel. Move the tensors: x.to(cpu).`);
    }
    return (kernel as Call)(...args);
  };
  return call as Kernels<Tensor>[Name];
}

/**
 * The device on which all tensors among the arguments live.
 *
 * @throws {BackendError} When they live on two.
 */
export function commonDevice(operator: string, args: readonly unknown[]): Device {
  let device: Device | undefined;
  for (const arg of args) {
    if (!(arg instanceof Tensor)) continue;
    device ??= arg.device;
    if (arg.device !== device) {
      throw new BackendError(
        `${operator}: its tensors live on two devices, ${device.name} and ${arg.device.name}. ` +
          `Move one of them first: x.to(device).`,
      );
    }
  }
  if (device === undefined) throw new TypeError(`${operator}: expected a Tensor. Make one with tensor(values, shape).`);
  return device;
}
