import type { Random } from "@conv/core";
import type { Module } from "../module.js";
import { isRandom } from "../options.js";
import type { Loader } from "./loader.js";
import type { Position } from "./progress.js";

/** The generators of a model's modules: their fields named `random`. */
export function generatorsOf(model: Module): Random[] {
  return model.modules().flatMap((module) => ("random" in module && isRandom(module.random) ? [module.random] : []));
}

/** Where the generators of a run's loaders stand before a pass, as its position says it. */
export function randomOf(loader: Loader, validate: Loader | undefined): Pick<Position, "random" | "validation"> {
  const isOwn = validate?.random !== undefined && validate.random !== loader.random;
  return { random: loader.random?.state, ...(isOwn ? { validation: validate.random.state } : {}) };
}

/**
 * Puts back the loader's generator if the model draws from it too: beginning the pass of an epoch again takes it to where
 * that pass had begun. To be called when the pass has.
 */
export function laterDraws(model: Module, { random }: Loader): (() => void) | undefined {
  if (random === undefined || !generatorsOf(model).includes(random)) return undefined;
  const { state } = random;
  return () => random.restore(state);
}
