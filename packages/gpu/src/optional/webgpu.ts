import { load } from "./load.js";

/** The package `webgpu`, as far as it is used. */
interface WebgpuPackage {
  /** The classes and constants of WebGPU: `GPUBufferUsage`, `GPUMapMode` and so on. */
  readonly globals: Readonly<Record<string, unknown>>;
  /** An entrance to WebGPU, from flags of Dawn. */
  create(flags: readonly string[]): object;
}

/**
 * Makes WebGPU of a Node that has none: where the optional package `webgpu` is installed, `navigator.gpu` and WebGPU's constants become
 * global, as browsers have them and gpu.js expects them. What is there already stays.
 *
 * @returns Whether there is a `navigator.gpu` now. An adapter may still be missing.
 * @throws What the package throws if it is installed and does not load.
 */
export async function provideWebgpu(): Promise<boolean> {
  const platform = globalThis as { navigator?: { readonly gpu?: object } };
  if (platform.navigator?.gpu) return true;
  const webgpu = (await load("webgpu")) as WebgpuPackage | undefined;
  if (webgpu === undefined) return false;
  const define = (target: object, name: string, value: unknown) =>
    name in target || Object.defineProperty(target, name, { value, configurable: true, writable: true });
  for (const [name, value] of Object.entries(webgpu.globals)) define(platform, name, value);
  if (platform.navigator === undefined)
    Object.defineProperty(platform, "navigator", { value: {}, configurable: true, writable: true }); // Node 20
  Object.defineProperty(platform.navigator, "gpu", { value: webgpu.create([]), configurable: true });
  return true;
}
