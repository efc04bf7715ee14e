import type { Random } from "@conv/core";
import { formatValue } from "@conv/core/operators";
import type { Batch } from "../dataset.js";
import { missingRandom } from "./random.js";

/**
 * Makes something else of a batch: augments it, moves it to a device. `random` is a generator of this batch alone. What it
 * does not change it passes on: `({ x, ...rest }) => ({ ...rest, x: … })`.
 */
export type Transform = (batch: Batch, random: Random) => Batch | Promise<Batch>;

/** A `Transform` that answers at once, and that may be called without a generator when it draws nothing. */
export type BatchTransform = (batch: Batch, random?: Random) => Batch;

/**
 * The transform that applies others in order, each with a child of its own of the generator: the draws of one do not change
 * with those of another. `DataLoader` takes an array for the same.
 *
 * @throws {TypeError} When one of them is not a function.
 */
export function compose(...transforms: readonly ((batch: Batch, random: Random) => Batch)[]): BatchTransform {
  transforms.forEach((transform, i) => {
    expectTransform("compose", `transforms[${i}]`, transform);
  });
  return (batch, random = missingRandom("compose")) => {
    let result = batch;
    transforms.forEach((transform, i) => {
      if ("then" in result) {
        throw new TypeError(
          `compose: transforms[${i - 1}] answers with a promise. Give the DataLoader an array: transform: [a, b].`,
        );
      }
      result = transform(result, random.split());
    });
    return result;
  };
}

/** @throws {TypeError} When it is not a function. */
export function expectTransform(operator: string, name: string, transform: unknown): void {
  if (typeof transform === "function") return;
  throw new TypeError(
    `${operator}: ${name} must be a function of a batch, got ${formatValue(transform)}. Pass normalize(mean, std), say.`,
  );
}
