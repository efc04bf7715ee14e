/** Every way the cpu may have to compute: the table of conformance and the golden values must hold in each. */
export const MODES = {
  plain: { wishes: { wasm: "off" }, expected: { kernels: "plain", threads: 1 } },
  simd: { wishes: { threads: 1 }, expected: { kernels: "wasm", threads: 1 } },
  // even the shortest jobs are shared
  "2 threads": { wishes: { threads: 2, shared: -1 }, expected: { kernels: "wasm", threads: 2 } },
  "3 threads": { wishes: { threads: 3, shared: -1 }, expected: { kernels: "wasm", threads: 3 } },
  // every tensor is an ordinary array, which kernels copy
  "memory full": { wishes: { threads: 1, memory: 1 }, expected: { kernels: "wasm", threads: 1 } },
} as const;

/** The name of a way to compute. */
export type Mode = keyof typeof MODES;
