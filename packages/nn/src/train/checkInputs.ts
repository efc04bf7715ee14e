import { ShapeError, Tensor } from "@conv/core";
import { formatShape, formatValue } from "@conv/core/operators";
import { Module } from "../module.js";
import type { Batch, Loader } from "./loader.js";
import type { Loss } from "./outputs.js";

/** What `fit` and `evaluate` are given. */
interface Inputs {
  readonly model: Module;
  readonly loader: Loader;
  readonly loss: Loss;
}

/**
 * Refuses what no model can be trained or evaluated with.
 *
 * @throws {TypeError} When one is something else.
 */
export function checkInputs(name: string, { model, loader, loss }: Inputs): void {
  if (!(model instanceof Module)) {
    throw new TypeError(`${name}: the model must be a Module, got ${formatValue(model)}.`);
  }
  checkLoader(name, "the loader", loader);
  if (typeof loss !== "function") {
    throw new TypeError(
      `${name}: the loss must be a function of outputs and targets, got ${formatValue(loss)}. Pass { loss: crossEntropy }.`,
    );
  }
}

/** Something that gives batches. */
export function checkLoader(name: string, subject: string, loader: Loader): void {
  const given: object = Object(loader);
  if (Symbol.asyncIterator in given || Symbol.iterator in given) return;
  throw new TypeError(
    `${name}: ${subject} must give batches, got ${formatValue(loader)}. Pass new DataLoader(dataset, { batchSize: 32 }).`,
  );
}

/** A batch of tensors that are still there. */
function checkBatch(name: string, batch: Batch): Batch {
  if (!(batch?.x instanceof Tensor && batch.y instanceof Tensor)) {
    throw new TypeError(`${name}: a batch must be { x, y } with two tensors, got ${formatValue(batch)}.`);
  }
  if (batch.x.isDisposed || batch.y.isDisposed) {
    throw new TypeError(
      `${name}: the loader gave a batch again that had been given back after its first use. Give batches that are to be ` +
        "used again without their dispose: { x, y }.",
    );
  }
  return batch;
}

/**
 * The examples of a batch.
 *
 * @throws {TypeError} When it is none, or was given back before.
 * @throws {ShapeError} When x and y have different numbers of them.
 */
export function examplesOf(name: string, batch: Batch): number {
  const { x, y } = checkBatch(name, batch);
  if (x.shape[0] === y.shape[0]) return x.shape[0];
  throw new ShapeError(
    `${name}: a batch has x ${formatShape(x.shape)} and y ${formatShape(y.shape)}, which are not as many examples.`,
  );
}
