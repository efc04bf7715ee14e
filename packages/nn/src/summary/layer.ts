import type { Module } from "../module.js";

/** A module of the model. */
export interface Layer {
  readonly module: Module;
  /** As in `stateDict`: `"features.0"`; empty for the model itself. Of a shared module the first. */
  readonly name: string;
  /** The name of its class. */
  readonly type: string;
  /** Those inside it that were not met before: a shared one stands where it is first. */
  readonly children: readonly Layer[];
  /** Whether there are modules inside it. */
  readonly isContainer: boolean;
}

/** A module with those inside it, each once. */
export function layerOf(module: Module, name = "", seen = new Set<Module>()): Layer {
  seen.add(module);
  const inside = module.children();
  const children = inside.flatMap(([part, child]) => {
    if (seen.has(child)) return [];
    return [layerOf(child, name === "" ? part : `${name}.${part}`, seen)];
  });
  return { module, name, type: module.constructor.name, children, isContainer: inside.length > 0 };
}

/** A layer and all inside it. */
export const flatten = (layer: Layer): Layer[] => [layer, ...layer.children.flatMap(flatten)];

/** Is told of a call of a layer with these arguments, which `run` runs; gives what the caller gets. */
export type Enter = (layer: Layer, run: () => unknown, args: readonly unknown[]) => unknown;

/** Sets the module to use, and has `enter` told of every call of its forward. */
export function listen(layer: Layer, enter: Enter): void {
  const { module } = layer;
  const { forward } = module;
  const value = (...args: readonly unknown[]) => enter(layer, () => Reflect.apply(forward, module, args), args);
  module.training = false;
  Object.defineProperty(module, "forward", { value, configurable: true, writable: true, enumerable: false });
}
