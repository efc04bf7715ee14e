import type { Random } from "@conv/core";
import { checkInteger, checkOptions } from "@conv/core/operators";
import type { Batch, Dataset } from "./dataset.js";

/** The options of `DataLoader`. */
export interface DataLoaderOptions {
  /** Examples per batch; the last batch of a pass may have fewer. */
  readonly batchSize: number;
  /** Whether each pass takes the examples in a new random order. Default: false, the order of the dataset. */
  readonly shuffle?: boolean;
  /** Where the orders come from: `createRandom(seed)`. Required with `shuffle`. */
  readonly random?: Random;
  /** Whether to leave out a last batch that is not full. Default: false. */
  readonly dropLast?: boolean;
  /** What to make of each batch before it is handed out: augmentation, `to(device)`. Default: nothing. */
  readonly transform?: (batch: Batch) => Batch | Promise<Batch>;
}

/** Which part of a pass to read. */
export interface BatchesOptions {
  /** How many batches at the beginning of the pass to leave out; their examples are not read. Default: 0. */
  readonly skip?: number;
}

const OPTIONS = ["batchSize", "shuffle", "random", "dropLast", "transform"];

/**
 * A dataset in batches, pass after pass: `for await (const { x, y } of loader)`.
 *
 * With `shuffle`, beginning a pass draws one permutation from `random` and nothing else does: the order depends on the
 * state of `random` alone. To resume in the middle of a pass, restore the state it began with and skip what was done:
 * `loader.batches({ skip: 3 })`.
 *
 * @throws {RangeError} When `batchSize` is not a positive integer.
 * @throws {TypeError} When `shuffle` is asked for without `random`.
 */
export class DataLoader implements AsyncIterable<Batch> {
  readonly dataset: Dataset;
  readonly batchSize: number;
  readonly shuffle: boolean;
  readonly random: Random | undefined;
  /** Number of batches in one pass. */
  readonly length: number;
  readonly #transform: DataLoaderOptions["transform"];

  constructor(dataset: Dataset, options: DataLoaderOptions) {
    checkOptions("DataLoader", options, OPTIONS);
    const { batchSize, shuffle = false, random, dropLast = false, transform } = options;
    checkInteger("DataLoader", "batchSize", batchSize, 1);
    if (shuffle && random === undefined) {
      throw new TypeError(
        "DataLoader: shuffle draws its orders from random, which is missing. Pass random: createRandom(seed).",
      );
    }
    this.dataset = dataset;
    this.batchSize = batchSize;
    this.shuffle = shuffle;
    this.random = random;
    this.length = dropLast ? Math.floor(dataset.length / batchSize) : Math.ceil(dataset.length / batchSize);
    this.#transform = transform;
  }

  /** One pass over the dataset. */
  [Symbol.asyncIterator](): AsyncGenerator<Batch, void, undefined> {
    return this.batches();
  }

  /**
   * One pass over the dataset without its first `skip` batches. The permutation is drawn now, not at the first batch.
   *
   * @throws {RangeError} When `skip` is not an integer from 0 to `length`.
   */
  batches(options: BatchesOptions = {}): AsyncGenerator<Batch, void, undefined> {
    checkOptions("batches", options, ["skip"]);
    const { skip = 0 } = options;
    if (checkInteger("batches", "skip", skip, 0) > this.length) {
      throw new RangeError(
        `batches: skip is ${skip}, but one pass has ${this.length} batches. Use at most ${this.length}.`,
      );
    }
    return this.#read(this.#order(), skip);
  }

  #order(): Int32Array {
    const { length } = this.dataset;
    if (this.shuffle && this.random !== undefined) return Int32Array.from(this.random.permutation(length).dataSync());
    return Int32Array.from({ length }, (_, i) => i);
  }

  async *#read(order: Int32Array, skip: number): AsyncGenerator<Batch, void, undefined> {
    for (let i = skip; i < this.length; i++) {
      const batch = this.dataset.get(order.subarray(i * this.batchSize, (i + 1) * this.batchSize));
      yield this.#transform === undefined ? batch : await this.#transform(batch);
    }
  }
}
