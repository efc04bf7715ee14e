import { BackendError, type Device } from "@conv/core";
import { checkChoice, checkOptions } from "@conv/core/operators";
import { isAvailable, openBackend } from "./backend.js";
import { deviceOn } from "./device.js";
import type { Limits } from "./engine.js";
import { AUTO_MODES, GPU_MODES, type GpuMode } from "./mode.js";
import { type SelfTest, selfTest } from "./selfTest.js";

/** The options of `createGpu`. */
export interface GpuOptions {
  /** What computes. Default `"auto"`: the first of webgpu, webgl2, webasm and cpu that is there and passes the self-test. */
  readonly mode?: "auto" | GpuMode;
}

/** What `gpu.info()` says. */
export interface GpuInfo {
  /** The mode that really runs. */
  readonly mode: GpuMode;
  /** Why it is this one: what was asked for, and what was wrong with those before it. */
  readonly reason: string;
  /** What the graphics processor calls itself; empty where it does not say, or there is none. */
  readonly adapter: string;
  /** A convolution and both its adjoints, computed at the start and compared with the cpu's. */
  readonly selfTest: SelfTest;
  readonly kernels: {
    /** Kept, ready to run. */
    readonly ready: number;
    /** Compiled since the start, and the milliseconds that took. */
    readonly compiled: number;
    readonly compileMs: number;
    /** How often kernels ran. */
    readonly calls: number;
  };
  /** What tensors occupy on the device. */
  readonly memory: { readonly arrays: number; readonly bytes: number };
  /** Elements that one kernel can count to: larger tensors are computed in parts, where they can be divided. */
  readonly maxElements: number;
  /** Why nothing can be computed any more; empty while all is well. */
  readonly lost: string;
}

/** A device on a graphics processor. Results come later: `await x.data()`. */
export interface GpuDevice extends Device {
  /** What runs, and how much. */
  info(): GpuInfo;
  /** Waits for everything that was asked for. */
  finish(): Promise<void>;
  /** Gives everything back. Tensors that are still there cannot be read any more. */
  destroy(): Promise<void>;
}

/**
 * A device whose kernels gpu.js runs on the graphics processor: `x.to(gpu)`, `model.to(gpu)`, and everything computes there.
 *
 * Every kernel of @conv/core is there, in float32; int32 is exact up to ±(2²⁴ − 1). Calls return at once, results come with
 * `await x.data()`. Before it is given out, it computes a small convolution and both its adjoints, and must agree with the cpu.
 *
 * @param options `mode` "auto": the first of webgpu, webgl2, webasm and cpu that is here and passes that test.
 * @throws {BackendError} When the mode is not here, does not compute, or computes wrongly: with what was seen.
 * @throws {TypeError} When an option is unknown.
 * @throws {RangeError} When `mode` is none of its words.
 * @example
 * const gpu = await createGpu({ mode: "cpu" });
 * const y = await tensor([1, 2, 3]).to(gpu).array(); // [1, 2, 3]
 */
export async function createGpu(options: GpuOptions = {}): Promise<GpuDevice> {
  return createLimitedGpu(options, {});
}

/** The same with limits that tests make small. */
export async function createLimitedGpu(options: GpuOptions, limits: Limits): Promise<GpuDevice> {
  checkOptions("createGpu", options, ["mode"]);
  const { mode = "auto" } = options;
  checkChoice("createGpu", "mode", mode, ["auto", ...GPU_MODES]);
  const refused: string[] = [];
  for (const candidate of mode === "auto" ? AUTO_MODES : [mode]) {
    const found = await tryMode(candidate, limits);
    if (typeof found === "string") {
      refused.push(`${candidate}: ${found}`);
      continue;
    }
    const { device, engine, test } = found;
    const reason = mode === "auto" ? ["the first that runs here", ...refused].join("; ") : "asked for";
    const info = (): GpuInfo => ({
      mode: candidate,
      reason,
      adapter: engine.backend.adapter,
      selfTest: test,
      kernels: { ready: engine.arrays.kernels.size, ...engine.arrays.kernels.counts },
      memory: { ...engine.arrays.memory },
      maxElements: engine.arrays.maxElements,
      lost: engine.backend.lost ?? "",
    });
    return Object.assign(device, { info, finish: () => engine.finish(), destroy: () => engine.close() });
  }
  throw new BackendError(`createGpu: ${refused.join("; ")}. Use the cpu device, or mode "auto".`);
}

/** A device in a mode that passed the test; or why there is none. */
async function tryMode(mode: GpuMode, limits: Limits) {
  try {
    if (!(await isAvailable(mode))) return "is not here";
    const { device, engine } = deviceOn(await openBackend(mode), limits);
    const test = await selfTest(device).catch(messageOf);
    if (typeof test !== "string" && test.isPassed) return { device, engine, test };
    await engine.close();
    return typeof test === "string" ? test : `failed its self-test (${test.error})`;
  } catch (error) {
    return messageOf(error);
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
