import { BackendError, type Device, type DType, type TypedArray } from "@conv/core";
import type { Backend } from "./backend.js";
import { Engine, type Limits } from "./engine.js";
import { gpuKernels } from "./gpuKernels.js";
import { Maps } from "./maps.js";
import { Numbers } from "./numbers.js";
import { MAX_INTEGER } from "./source.js";
import type { GpuStorage } from "./storage.js";

/** A device on gpu.js, and the engine in it. */
export function deviceOn(backend: Backend, limits: Limits = {}): { device: Device; engine: Engine } {
  const engine = new Engine(backend, limits);
  const numbers = new Numbers(
    (dtype, value) => engine.upload(dtype, Float32Array.of(value)),
    (storage) => engine.release(storage),
  );
  const maps = new Maps(engine, () => device);
  const name = `gpu (${backend.mode})`;
  const device: Device = {
    name,
    isHost: false,
    kernels: gpuKernels(maps),
    allocate: (dtype, size) => maps.fillStorage(expectKept(name, dtype), size, 0),
    upload: (values) => {
      const dtype = expectKept(name, dtypeOf(values));
      const kept = float32Of(name, values);
      return kept.length === 1 ? numbers.get(dtype, kept[0]) : engine.upload(dtype, kept);
    },
    read: async (storage) => asDType(name, await engine.read(storage as GpuStorage), (storage as GpuStorage).dtype),
    readSync: () => {
      throw new BackendError(
        `dataSync: the elements are on the device ${name}, which cannot be read at once. Use await x.data(), or await x.array().`,
      );
    },
    release: (storage) => {
      if (!numbers.release(storage as GpuStorage)) engine.release(storage as GpuStorage);
    },
  };
  return { device, engine };
}

function dtypeOf(values: TypedArray): DType {
  if (values instanceof Int32Array) return "int32";
  return values instanceof Float64Array ? "float64" : "float32";
}

function expectKept(name: string, dtype: DType): DType {
  if (dtype !== "float64") return dtype;
  throw new TypeError(`the device ${name} has no float64. Use cast(x, "float32") before it goes there.`);
}

/** The elements as the device keeps them, a copy. */
function float32Of(name: string, values: TypedArray): Float32Array {
  const large = values instanceof Int32Array ? values.find((value) => Math.abs(value) > MAX_INTEGER) : undefined;
  if (large === undefined) return Float32Array.from(values);
  throw new RangeError(
    `the device ${name} holds int32 below ±2^24 only, in float32, but x has the element ${large}. Keep x on the cpu.`,
  );
}

/** Elements from the device in an array of their own type. */
function asDType(name: string, values: Float32Array, dtype: DType): TypedArray {
  if (dtype !== "int32") return values;
  const wrong = values.findIndex((value) => !(Math.abs(value) <= MAX_INTEGER));
  if (wrong < 0) return Int32Array.from(values);
  throw new RangeError(
    `data: the device ${name} holds int32 below ±2^24 only, but element ${wrong} became ${Number.isFinite(values[wrong]) ? values[wrong] : "larger"}, ` +
      "or no number. Use float32, or compute on the cpu.",
  );
}
