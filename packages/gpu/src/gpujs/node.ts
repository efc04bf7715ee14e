/*
 * What gpu.js requires of Node, asked for at run time: bundlers for browsers find nothing to resolve, and browsers answer with
 * nothing. The build puts these in the place of gpu.js's own `require`s.
 */

const platform = globalThis as { readonly process?: { getBuiltinModule?(name: string): unknown } };

const builtin = (name: string) => platform.process?.getBuiltinModule?.(`node:${name}`);

/** `require("os")`: gpu.js asks it for the number of processors, and does without. */
export const os = (): unknown => builtin("os");

/** `require("worker_threads")`, for the pool of mode webasm. */
export const workerThreads = (): unknown => {
  const found = builtin("worker_threads");
  if (found === undefined) {
    throw new Error("@conv/gpu: threads of mode webasm need Node 20.16 or newer, or 22.3 or newer (getBuiltinModule).");
  }
  return found;
};

/** The package `gl`, which mode headlessgl draws with. Whoever asks for that mode loads it. */
export const headlessGl: { createContext?(...args: unknown[]): unknown } = {};

/** `require("gl")`. Without the package there is no context, and gpu.js says that the mode is not supported. */
export const createContext = (...args: unknown[]): unknown => headlessGl.createContext?.(...args);
