import type { Random, RandomState } from "@conv/core";
import { FormatError, fromSafetensors, safetensorsMetadata, toSafetensors } from "../files/safetensors.js";
import type { Module, StateDict } from "../module.js";
import type { Optimizer } from "../optim/optimizer.js";
import type { Position } from "./fit.js";

/** A training run: everything that decides how it goes on. */
export interface Run {
  readonly model: Module;
  readonly optimizer: Optimizer;
  /** Where the run stands: `position` of its last step. */
  readonly position: Position;
}

/** What a checkpoint holds, before it is put into a model and an optimizer. */
export interface Checkpoint {
  readonly model: StateDict;
  readonly optimizer: StateDict;
  readonly position: Position;
  /** Learning rate at that moment. */
  readonly learningRate: number;
  /** The states of the generators inside the model (of dropout layers), in the order of its modules. */
  readonly random: readonly RandomState[];
}

const MODEL = "model.";
const OPTIMIZER = "optimizer.";

/**
 * A run as a safetensors file: weights, optimizer, random states and position. Resumed, it continues the same curve.
 *
 * @param metadata More strings to keep in the file; `safetensorsMetadata` reads them.
 */
export function toCheckpoint(
  { model, optimizer, position }: Run,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const tensors = { ...withPrefix(MODEL, model.stateDict()), ...withPrefix(OPTIMIZER, optimizer.stateDict()) };
  const random = generatorsOf(model).map(({ state }) => state);
  return toSafetensors(tensors, {
    ...metadata,
    format: "@conv/nn checkpoint 1",
    position: JSON.stringify(position),
    learningRate: JSON.stringify(optimizer.lr),
    random: JSON.stringify(random),
  });
}

/**
 * Reads a checkpoint.
 *
 * @throws {FormatError} When the bytes are no checkpoint, or damaged.
 */
export function fromCheckpoint(bytes: Uint8Array): Checkpoint {
  const state = fromSafetensors(bytes);
  const { format, position, learningRate, random } = safetensorsMetadata(bytes);
  if (format !== "@conv/nn checkpoint 1") {
    throw new FormatError("fromCheckpoint: the file holds tensors, but no training run. Load it with fromSafetensors.");
  }
  try {
    return {
      model: withoutPrefix(MODEL, state),
      optimizer: withoutPrefix(OPTIMIZER, state),
      position: JSON.parse(position),
      learningRate: JSON.parse(learningRate),
      random: JSON.parse(random),
    };
  } catch {
    throw new FormatError("fromCheckpoint: the position, learningRate or random in the file's metadata is damaged.");
  }
}

/** Puts a checkpoint into a model and an optimizer like those it was made from; go on with `fit(…, { from: position })`. */
export function restore({ model, optimizer }: Omit<Run, "position">, checkpoint: Checkpoint): void {
  const [generators, before] = [generatorsOf(model), model.stateDict()];
  model.loadStateDict(checkpoint.model);
  try {
    if (generators.length !== checkpoint.random.length) {
      throw new Error(
        `restore: the checkpoint has ${checkpoint.random.length} random generators, but this model ${generators.length}. ` +
          "Build the model it was saved from.",
      );
    }
    optimizer.loadStateDict(checkpoint.optimizer);
  } catch (error) {
    model.loadStateDict(before);
    throw error;
  }
  optimizer.lr = checkpoint.learningRate;
  generators.forEach((random, i) => {
    random.restore(checkpoint.random[i]);
  });
}

const withPrefix = (prefix: string, state: StateDict): StateDict =>
  Object.fromEntries(Object.entries(state).map(([name, value]) => [prefix + name, value]));

const withoutPrefix = (prefix: string, state: StateDict): StateDict =>
  Object.fromEntries(
    Object.entries(state).flatMap(([name, value]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), value]] : [],
    ),
  );

/** The generators of a model's modules: their fields named `random`. */
export function generatorsOf(module: Module): Random[] {
  const own = "random" in module ? [module.random as Random] : [];
  return [...own, ...module.children().flatMap(([, child]) => generatorsOf(child))];
}
