import { cpu, type Device } from "@conv/core";
import { createGpu } from "@conv/gpu";
import type { Options } from "./options.js";

/** Where a run computes. */
export interface Place {
  readonly device: Device;
  /** What the graphics processor calls itself; empty if it does not say, or there is none. */
  readonly adapter: string;
  /** What whoever waits for it should know; empty if that is nothing. */
  readonly hint: string;
  /** Gives the device back. */
  close(): Promise<void>;
}

/**
 * The device that `--device` asks for.
 *
 * @throws {BackendError} When there is none that computes correctly.
 */
export async function openPlace(name: Options["device"]): Promise<Place> {
  if (name === "cpu") return { device: cpu, adapter: "", hint: "", close: async () => {} };
  const gpu = await createGpu();
  const { mode, reason, adapter } = gpu.info();
  const isOnProcessor = mode === "webasm" || mode === "cpu";
  return {
    device: gpu,
    adapter,
    hint: isOnProcessor ? hintFor(reason) : "",
    close: () => gpu.destroy(),
  };
}

/** What it means that there is no graphics processor, and why there is none. */
function hintFor(reason: string): string {
  const why = reason.replace(/^the first that runs here; /, "");
  return `No graphics processor (${why}): the processor stands in for it, slowly. Without --device gpu it is much faster.`;
}
