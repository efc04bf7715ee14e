import type { GpuMode } from "../../src/index.js";
import { whenLost, whenRefused } from "../losing.js";

export type { Losing } from "../losing.js";

/** Contexts of WebGL on this page. */
const contexts: WebGLRenderingContext[] = [];
const { getContext } = HTMLCanvasElement.prototype;
HTMLCanvasElement.prototype.getContext = function (this: HTMLCanvasElement, ...args: unknown[]) {
  const context = Reflect.apply(getContext, this, args);
  if (context !== null && !contexts.includes(context)) contexts.push(context);
  return context;
} as typeof getContext;

/** What becomes of a device when the graphics processor's goes, as it does when a driver fails. */
export function lose(mode: GpuMode, kernels: number) {
  return whenLost(mode, kernels, () => {
    for (const context of contexts) context.getExtension("WEBGL_lose_context")?.loseContext();
  });
}

/** What becomes of a device when the graphics processor refuses something. */
export function refuse(mode: GpuMode) {
  return whenRefused(mode, () => {
    for (const context of contexts) context.enable(0);
  });
}
