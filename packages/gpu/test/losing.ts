import { add, full, matmul, ones, sum, type Tensor } from "@conv/core";
import { createGpu, type GpuMode } from "../src/index.js";

/** What became of a device that was lost. */
export interface Losing {
  /** Reads that were under way. */
  readonly pending: readonly string[];
  /** One of a tensor that was there before, of one made after, and one of a new tensor. */
  readonly old: string;
  readonly made: string;
  readonly uploaded: string;
  /** What `info()` says of it. */
  readonly lost: string;
  readonly destroyed: string;
  /** What another device computes afterwards: 1 + 1, and whether anything is wrong with it. */
  readonly next: readonly number[];
  readonly nextLost: string;
}

/** Products of matrices that are asked for: more than are computed when the device goes. */
const WORK = 1000;

interface WebgpuDevice {
  readonly queue: { onSubmittedWorkDone(): Promise<void> };
  createBuffer(descriptor: { size: number; usage: number }): unknown;
  destroy(): void;
}

/** WebGPU's devices that were made in this realm since `watchDevices`. */
const devices: WebgpuDevice[] = [];
let isWatching = false;

/** Notes every device that is made: gpu.js hides its own, which all that run on it share. */
function watchDevices(): void {
  const { GPUAdapter } = globalThis as {
    GPUAdapter?: { prototype: { requestDevice(...args: never[]): Promise<WebgpuDevice> } };
  };
  if (isWatching || GPUAdapter === undefined) return;
  isWatching = true;
  const { requestDevice } = GPUAdapter.prototype;
  GPUAdapter.prototype.requestDevice = async function (...args) {
    const device = await requestDevice.apply(this, args);
    devices.push(device);
    return device;
  };
}

/** The device that all of gpu.js shares. */
function deviceOfGpujs(): WebgpuDevice {
  const device = devices.at(-1);
  if (device === undefined) throw new Error("gpu.js has made no device");
  return device;
}

const outcome = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    (value) => `no error but ${value}`,
    (error) => `${error.name}: ${error.message}`,
  );

/**
 * Takes the device away in the middle of work.
 *
 * @param kernels When so many kernels of that work have run.
 * @param loseGl How, in modes on WebGL.
 */
export async function whenLost(mode: GpuMode, kernels: number, loseGl = () => {}): Promise<Losing> {
  watchDevices();
  const gpu = await createGpu({ mode });
  const device = mode === "webgpu" ? deviceOfGpujs() : undefined;
  const x = full([16, 16], 1 / 16).to(gpu);
  await x.data();
  const y = Array.from({ length: WORK }).reduce<Tensor>((y) => matmul(y, x), x);
  const pending = [outcome(y.data()), outcome(sum(y).data())];
  const before = gpu.info().kernels.calls;
  while (gpu.info().kernels.calls < before + kernels) await new Promise((resolve) => setTimeout(resolve));
  if (device !== undefined) device.destroy();
  else loseGl();
  const said = await Promise.all(pending);
  const old = await outcome(x.data());
  const made = await outcome(add(x, x).data());
  const uploaded = await outcome(ones([2]).to(gpu).data());
  const { lost } = gpu.info();
  const destroyed = await outcome(gpu.destroy());
  const next = await createGpu({ mode });
  const one = ones([2]).to(next);
  const two = [...(await add(one, one).data())];
  const nextLost = next.info().lost;
  await next.destroy();
  return { pending: said, old, made, uploaded, lost, destroyed, next: two, nextLost };
}

/**
 * Lets the graphics processor refuse something, as it does when its memory is full: that only raises an event, or a flag.
 *
 * @param refuseGl How, in modes on WebGL.
 */
export async function whenRefused(mode: GpuMode, refuseGl = () => {}) {
  watchDevices();
  const gpu = await createGpu({ mode });
  const x = ones([2]).to(gpu);
  const before = await outcome(x.data());
  if (mode === "webgpu") {
    const device = deviceOfGpujs();
    device.createBuffer({ size: 4, usage: 0 });
    await device.queue.onSubmittedWorkDone();
  } else refuseGl();
  const [after, later] = [await outcome(x.data()), await outcome(add(x, x).data())];
  const { lost } = gpu.info();
  await gpu.destroy();
  return { before, after, later, lost };
}
