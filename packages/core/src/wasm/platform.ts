/** A compiled module. */
export type WasmModule = object;

/** Memory that modules and JavaScript see. */
export interface WasmMemory {
  readonly buffer: ArrayBufferLike;
  grow(pages: number): number;
}

/** What is used of WebAssembly. */
interface WasmApi {
  readonly Module: new (bytes: Uint8Array) => WasmModule;
  readonly Memory: new (limits: { initial: number; maximum: number; shared?: boolean }) => WasmMemory;
  readonly Instance: new (
    module: WasmModule,
    imports: { env: { memory: WasmMemory } },
  ) => { readonly exports: Readonly<Record<string, unknown>> };
  validate(bytes: Uint8Array): boolean;
  compile(bytes: Uint8Array): Promise<WasmModule>;
}

/** What is used of a Web Worker. */
interface WebWorker {
  onerror: (() => void) | null;
  postMessage(message: unknown): void;
  terminate(): void;
}

/** What is used of Node's worker_threads. */
export interface NodeWorkers {
  readonly Worker: new (
    url: object,
    options: { workerData: unknown },
  ) => { unref(): void; terminate(): Promise<number>; on(event: "error" | "exit", listener: () => void): void };
}

/** What is used of the machine's program environment: Node, a browser, or another. Some of it may be missing anywhere. */
interface Platform {
  readonly WebAssembly?: WasmApi;
  /** In browsers: whether memory may be shared. */
  readonly crossOriginIsolated?: boolean;
  readonly navigator?: { readonly hardwareConcurrency?: number };
  readonly process?: { getBuiltinModule?(name: string): unknown };
  readonly Worker?: new (url: string) => WebWorker;
  readonly Blob: new (parts: readonly string[], options: { type: string }) => object;
  readonly URL: (new (url: string) => object) & { createObjectURL(blob: object): string };
  readonly performance: { now(): number };
  setTimeout(callback: (nothing?: undefined) => void, milliseconds: number): unknown;
}

/** The global object, as far as it is used: the package needs no types of a browser's or of Node's. */
export const platform = globalThis as unknown as Platform;
