import type { Device, Tensor } from "@conv/core";
import { noteOriginal } from "../losses/originals.js";
import type { Module } from "../module.js";
import { giveBack } from "../views.js";
import { examplesOf } from "./checkInputs.js";
import type { Batch } from "./loader.js";

/** Where a model lives: the device of its first parameter, or buffer; undefined if it has none. */
export function homeOf(model: Module): Device | undefined {
  const [first] = model.parameters();
  if (first !== undefined) return first.device;
  const state = model.snapshot();
  giveBack(state);
  return Object.values(state)[0]?.device;
}

/** A batch where a model lives. */
interface Placed extends Required<Batch> {
  readonly examples: number;
  /** The targets where they came from: perhaps where they can be read at once. */
  readonly given: Tensor;
}

/**
 * Takes a batch over and moves it to where the model lives; `dispose` gives all of it back. Losses of labels still see those
 * that came from where they can be read at once: they are checked as ever.
 *
 * @throws {Error} When it is no batch; what there is of it is given back.
 */
export async function placed(operator: string, model: Module, batch: Batch): Promise<Placed> {
  const copies: Tensor[] = [];
  const dispose = () => {
    for (const copy of copies) copy.dispose();
    batch?.dispose?.();
  };
  try {
    const examples = examplesOf(operator, batch);
    const home = homeOf(model);
    const moved = async (given: Tensor): Promise<Tensor> => {
      if (home === undefined || given.device === home) return given;
      const copy = await given.toAsync(home);
      copies.push(copy);
      if (given.device.isHost) noteOriginal(copy, given);
      return copy;
    };
    return { x: await moved(batch.x), y: await moved(batch.y), examples, given: batch.y, dispose };
  } catch (error) {
    dispose();
    throw error;
  }
}
