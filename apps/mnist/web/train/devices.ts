import { signal } from "@preact/signals";
import type { DeviceName } from "./settings.js";

/** Why a device is not here: a key of the texts, or undefined if it may be. */
export type WhyNot = "noWebgpu" | "noAdapter" | "noWebgl2" | undefined;

/** What is known about the devices here; asked once, when the page begins. */
export const whyNot = signal<Readonly<Record<DeviceName, WhyNot>>>({
  cpu: undefined,
  webgpu: undefined,
  webgl2: undefined,
});

/** Asks the browser what it has. It loads nothing: whether a device also computes rightly is seen when it is chosen. */
export async function askDevices(): Promise<void> {
  whyNot.value = { cpu: undefined, webgpu: await webgpu(), webgl2: webgl2() };
}

async function webgpu(): Promise<WhyNot> {
  const { gpu } = navigator as { gpu?: { requestAdapter(): Promise<object | null> } };
  if (gpu === undefined) return "noWebgpu";
  return (await gpu.requestAdapter().catch(() => null)) === null ? "noAdapter" : undefined;
}

function webgl2(): WhyNot {
  if (typeof OffscreenCanvas === "undefined") return "noWebgl2"; // the worker needs one
  const context = new OffscreenCanvas(1, 1).getContext("webgl2");
  context?.getExtension("WEBGL_lose_context")?.loseContext(); // browsers give out few of them
  return context === null ? "noWebgl2" : undefined;
}
