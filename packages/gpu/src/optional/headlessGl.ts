import { load } from "./load.js";

/**
 * Hands the optional package `gl` to gpu.js, where it is installed: WebGL in Node.
 *
 * @param target gpu.js's place for it.
 * @returns Whether it is there now. Whether it draws here, gpu.js says.
 * @throws What the package throws if it is installed and does not load.
 */
export async function provideHeadlessGl(target: { createContext?(...args: unknown[]): unknown }): Promise<boolean> {
  const gl = (await load("gl")) as { readonly default: (...args: unknown[]) => unknown } | undefined;
  if (gl !== undefined) target.createContext = gl.default;
  return target.createContext !== undefined;
}
