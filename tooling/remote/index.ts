import { BackendError, cpu, type Device, Tensor, type TypedArray } from "@conv/core";
import * as hostKernels from "@conv/core/kernels";

/** A device that can be watched. */
export interface RemoteDevice extends Device {
  /** How many buffers are in use: made and not given back. */
  readonly buffers: number;
  /** The kernels that ran. */
  readonly ran: ReadonlySet<string>;
}

/**
 * A device that is like a GPU in all that others see of it: storage is an object that says nothing, values can be waited
 * for but not read at once, nothing stands in for a kernel it lacks, and what is given back is gone. It has every kernel;
 * each computes with the cpu's.
 *
 * @param options `without`: a kernel that it shall lack. `float64`: whether it has such numbers, default true; GPUs have none.
 */
export function remoteDevice(
  name = "remote",
  { without, float64 = true }: { readonly without?: string; readonly float64?: boolean } = {},
): RemoteDevice {
  const memory = new Map<unknown, TypedArray>();
  const ran = new Set<string>();

  const store = (values: TypedArray): unknown => {
    if (!float64 && values instanceof Float64Array) throw new BackendError(`${name}: there is no float64 here.`);
    const buffer = Object.freeze({});
    memory.set(buffer, values);
    return buffer;
  };
  const load = (buffer: unknown): TypedArray => {
    const values = memory.get(buffer);
    if (values === undefined) throw new BackendError(`${name}: there is no such buffer, or it was given back.`);
    return values;
  };
  const onHost = (arg: unknown): unknown => {
    if (Array.isArray(arg)) return arg.map(onHost);
    return arg instanceof Tensor ? new Tensor(cpu, arg.shape, arg.dtype, load(arg.storage)) : arg;
  };
  const wrap =
    (kernel: string, compute: (...args: never[]) => Tensor) =>
    (...args: readonly unknown[]): Tensor => {
      ran.add(kernel);
      const y: Tensor = Reflect.apply(compute, undefined, args.map(onHost));
      return new Tensor(device, y.shape, y.dtype, store(y.dataSync()));
    };
  const kernels = Object.entries(hostKernels).filter(([kernel]) => kernel !== without);

  const device: RemoteDevice = {
    name,
    kernels: Object.fromEntries(kernels.map(([kernel, compute]) => [kernel, wrap(kernel, compute)])),
    isHost: false,
    allocate: (dtype, size) => store(cpu.readSync(cpu.allocate(dtype, size))),
    upload: (values) => store(values.slice()),
    read: async (buffer) => load(buffer).slice(),
    readSync: () => {
      throw new BackendError(`${name}: values cannot be read at once. Use await x.data().`);
    },
    release: (buffer) => {
      load(buffer);
      memory.delete(buffer);
    },
    get buffers() {
      return memory.size;
    },
    ran,
  };
  return device;
}
