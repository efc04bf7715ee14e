import { type Random, tensor } from "@conv/core";
import type { Batch, Loader } from "../src/index.js";

/** A loader over rows of numbers and their labels: as small as a Loader can be. */
export interface ToyLoader extends Loader {
  batches(options?: { readonly skip?: number }): AsyncGenerator<Batch>;
  /** How many batches were handed out, over all passes. */
  readonly given: number;
}

/** Batches of rows in order, or in an order that `random` draws at the start of each pass. */
export function toyLoader(
  rows: readonly (readonly number[])[],
  labels: readonly number[],
  { batchSize, random }: { readonly batchSize: number; readonly random?: Random },
): ToyLoader {
  const length = Math.ceil(rows.length / batchSize);
  let given = 0;
  async function* batches({ skip = 0 }: { readonly skip?: number } = {}): AsyncGenerator<Batch> {
    const order = [...(random?.permutation(rows.length).dataSync() ?? rows.keys())];
    for (let batch = skip; batch < length; batch++) {
      const picked = order.slice(batch * batchSize, (batch + 1) * batchSize);
      given++;
      yield {
        x: tensor(picked.map((i) => [...rows[i]])),
        y: tensor(Int32Array.from(picked, (i) => labels[i])),
      };
    }
  }
  return {
    length,
    random,
    batches,
    [Symbol.asyncIterator]: () => batches(),
    get given() {
      return given;
    },
  };
}
