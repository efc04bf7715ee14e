import type { GpuMode } from "./mode.js";
import { provideHeadlessGl } from "./optional/headlessGl.js";
import { provideWebgpu } from "./optional/webgpu.js";
import { until } from "./platform.js";

/*
 * The only file that knows gpu.js. Its types have holes, and several of its failures are silent: what is left of it
 * here is an array of float32 on the device, and a compiled kernel from such arrays and numbers to one more.
 */

/** An array of float32 where the kernels run: a buffer, a texture, or on the processor an array. */
export type Handle = Float32Array | GpuHandle;

/** gpu.js's results on a graphics processor, as far as they are used. */
interface GpuHandle {
  toArray(): Float32Array | Promise<Float32Array>;
  delete(): void;
}

/** A kernel, compiled at its first call. */
export interface CompiledKernel {
  /** The result, once it is on its way; arrays that come later may depend on it. */
  run(args: readonly (Handle | number)[]): Promise<Handle>;
  destroy(): void;
}

/** One gpu.js, in one mode. */
export interface Backend {
  readonly mode: GpuMode;
  /** What the graphics processor calls itself, if it says. */
  readonly adapter: string;
  /** Why nothing can be computed or read any more; undefined while all is well. */
  readonly lost: string | undefined;
  /** A kernel of `size` results from its source: a function of arrays and numbers. An array may be one of JavaScript. */
  compile(source: string, size: number): CompiledKernel;
  /** A copy of the elements, once they are there. */
  read(handle: Handle, size: number): Promise<Float32Array>;
  free(handle: Handle): void;
  /** Waits until everything that was submitted is done. */
  fence(): Promise<void>;
  destroy(): Promise<void>;
}

/** The parts of gpu.js's kernels that are used. */
interface Shortcut {
  (...args: unknown[]): unknown;
  readonly kernel: {
    readonly constructor: { readonly mode?: string };
    readonly context?: unknown;
    readonly fallbackReason?: string | null;
    /** On WebGPU: the buffer of the last result, with a count of those who use it; and whether the next call binds anew. */
    outputBuffer?: { _refs: number } | null;
    bindGroupDirty?: boolean;
    destroy(removeCanvas?: boolean): void;
  };
}

/** The context of WebGPU kernels. */
interface WebgpuContext {
  readonly isLost: boolean;
  readonly adapter: {
    readonly info?: { readonly vendor?: string; readonly architecture?: string; description?: string };
  };
  readonly device: {
    readonly queue: { onSubmittedWorkDone(): Promise<void> };
    readonly lost: Promise<{ message: string }>;
    addEventListener(type: "uncapturederror", listener: (event: { error: { message: string } }) => void): void;
  };
}

/** The context of kernels on WebGL. */
interface GlContext {
  isContextLost(): boolean;
  getError(): number;
  finish(): void;
  flush(): void;
  fenceSync?(condition: number, flags: 0): object;
  clientWaitSync?(sync: object, flags: 0, timeout: 0): number;
  deleteSync?(sync: object): void;
  getParameter(name: number): unknown;
  getExtension(name: string): { readonly UNMASKED_RENDERER_WEBGL: number } | null;
}

const NO_ERROR = 0;

/** Errors of WebGL by their numbers. */
const GL_ERRORS: Readonly<Record<number, string>> = {
  1280: "INVALID_ENUM",
  1281: "INVALID_VALUE",
  1282: "INVALID_OPERATION",
  1285: "OUT_OF_MEMORY",
  1286: "INVALID_FRAMEBUFFER_OPERATION",
};

const [SYNC_GPU_COMMANDS_COMPLETE, TIMEOUT_EXPIRED] = [0x9117, 0x911b];

/** Waits until WebGL has done all it was given: without blocking, where its version can say so. */
async function glFence(gl: GlContext): Promise<void> {
  const sync = gl.fenceSync?.(SYNC_GPU_COMMANDS_COMPLETE, 0);
  if (!sync) return gl.finish(); // WebGL 1, or a context that was lost
  gl.flush(); // else nothing might begin
  await until(() => gl.isContextLost() || gl.clientWaitSync?.(sync, 0, 0) !== TIMEOUT_EXPIRED);
  gl.deleteSync?.(sync);
}

/** Whether gpu.js has this mode here: a hint, which the first kernel proves. */
export async function isAvailable(mode: GpuMode): Promise<boolean> {
  const { GPU, headlessGl } = await import("#gpujs");
  switch (mode) {
    case "webgpu":
      return (await provideWebgpu()) && GPU.isWebGPUAvailable();
    case "webgl2":
      return GPU.isWebGL2Supported;
    case "webgl":
      return GPU.isWebGLSupported;
    case "headlessgl":
      return (await provideHeadlessGl(headlessGl)) && GPU.isHeadlessGLSupported;
    case "webasm":
      return GPU.isWebAssemblySupported;
    default:
      return true;
  }
}

type GpuJs = typeof import("#gpujs");

/** What a class of gpu.js's kernels runs on: those on WebGL all call themselves "gpu". */
function modeOf(
  kind: Shortcut["kernel"]["constructor"],
  { WebGL2Kernel, WebGLKernel, HeadlessGLKernel }: GpuJs,
): string {
  if (kind === WebGL2Kernel) return "webgl2";
  if (kind === WebGLKernel) return "webgl";
  return kind === HeadlessGLKernel ? "headlessgl" : (kind.mode ?? "unknown");
}

/** Opens gpu.js in a mode. */
export async function openBackend(mode: GpuMode): Promise<Backend> {
  const gpujs = await import("#gpujs");
  const gpu = new gpujs.GPU({ mode });
  const isOnProcessor = mode === "cpu" || mode === "webasm";
  let webgpu: WebgpuContext | undefined;
  let gl: GlContext | undefined;
  let lost: string | undefined;

  const settings = {
    precision: "single",
    dynamicArguments: false,
    fixIntegerDivisionAccuracy: false, // sources see to that themselves
    loopMaxIterations: 2 ** 31 - 1, // by default loops end after 1000 rounds, in silence
  };

  /** Looks at a kernel after its first call: what ran, and on what. */
  const inspect = ({ kernel }: Shortcut) => {
    const ran = modeOf(kernel.constructor, gpujs);
    if (ran !== mode || kernel.fallbackReason) {
      throw new Error(
        `gpu.js computed in mode ${ran} instead of ${mode}${kernel.fallbackReason ? `: ${kernel.fallbackReason}` : ""}`,
      );
    }
    if (isOnProcessor) return;
    if (mode !== "webgpu") {
      gl ??= kernel.context as GlContext;
    } else if (webgpu === undefined) {
      webgpu = kernel.context as WebgpuContext;
      webgpu.device.lost.then(({ message }) => {
        lost ??= `the WebGPU device was lost${message ? ` (${message})` : ""}`;
      });
      // what it refuses it leaves out: from here on results may be wrong
      webgpu.device.addEventListener("uncapturederror", ({ error }) => {
        lost ??= `the WebGPU device failed (${error.message})`;
      });
    }
  };

  const create = (source: string, size: number, more: object) =>
    gpu.createKernel(source, { ...settings, output: [size], ...more } as never) as unknown as Shortcut;

  /** Lets a kernel on WebGPU forget its last result: it would keep one for each size, as much memory again as a training needs. */
  const forgetResult = ({ kernel }: Shortcut) => {
    if (mode !== "webgpu" || !kernel.outputBuffer) return;
    kernel.outputBuffer._refs--; // the result itself still counts
    kernel.outputBuffer = null;
    kernel.bindGroupDirty = true;
  };

  const compile = (source: string, size: number): CompiledKernel => {
    const kernel = create(source, size, { pipeline: true, immutable: true });
    let isInspected = false;
    return {
      run: async (args) => {
        const result = (await kernel(...args)) as Handle;
        if (!isInspected) inspect(kernel);
        isInspected = true;
        forgetResult(kernel);
        return result;
      },
      destroy: () => kernel.kernel.destroy(false),
    };
  };

  const read = async (handle: Handle, size: number): Promise<Float32Array> => {
    if (handle instanceof Float32Array) return handle.slice();
    if (gl === undefined) return handle.toArray();
    await glFence(gl); // so that what follows has only to copy, and the page does not stand still
    const values = await handle.toArray();
    if (!gl.isContextLost()) {
      const error = gl.getError();
      if (error !== NO_ERROR) lost ??= `the WebGL context failed (${GL_ERRORS[error] ?? `error ${error}`})`;
    }
    return values.length === size ? values : values.slice(0, size);
  };

  return {
    mode,
    get adapter() {
      if (webgpu !== undefined) {
        const { vendor, architecture, description } = webgpu.adapter.info ?? {};
        return [description || vendor, architecture].filter(Boolean).join(" ");
      }
      const extension = gl?.getExtension("WEBGL_debug_renderer_info");
      return extension ? String(gl?.getParameter(extension.UNMASKED_RENDERER_WEBGL)) : "";
    },
    get lost() {
      if (webgpu?.isLost) lost ??= "the WebGPU device was lost";
      if (gl?.isContextLost()) lost ??= "the WebGL context was lost";
      return lost;
    },
    compile,
    read,
    free: (handle) => {
      if (!(handle instanceof Float32Array)) handle.delete();
    },
    fence: async () => {
      await webgpu?.device.queue.onSubmittedWorkDone();
      if (gl !== undefined) await glFence(gl);
    },
    destroy: async () => {
      await gpu.destroy();
    },
  };
}
