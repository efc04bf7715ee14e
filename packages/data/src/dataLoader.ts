import type { Random } from "@conv/core";
import { checkBoolean, checkInteger, checkOptions } from "@conv/core/operators";
import { type AnyDataset, type Batch, expectDataset } from "./dataset.js";
import { Ownership } from "./ownership.js";
import { expectTransform, type Transform } from "./transforms/compose.js";
import { childOf, expectRandom, missingRandom } from "./transforms/random.js";

/** The options of `DataLoader`. */
export interface DataLoaderOptions {
  /** Examples per batch; the last batch of a pass may have fewer. */
  readonly batchSize: number;
  /** Whether each pass takes the examples in a new random order. Default: false, the order of the dataset. */
  readonly shuffle?: boolean;
  /** Where orders and augmentations come from: `createRandom(seed)`. Required with `shuffle`. */
  readonly random?: Random;
  /** Whether to leave out a last batch that is not full. Default: false. */
  readonly dropLast?: boolean;
  /** What to make of each batch before it is handed out: augmentation, `to(device)`; several in order. Default: nothing. */
  readonly transform?: Transform | readonly Transform[];
  /**
   * How many batches are prepared ahead while one is at work. Of use where datasets or transforms wait for something, for
   * files or for the network: so many more of them wait at the same time. Default: 0.
   */
  readonly prefetch?: number;
}

/** Which part of a pass to read. */
export interface BatchesOptions {
  /** How many batches at the beginning of the pass to leave out; their examples are not read. Default: 0. */
  readonly skip?: number;
}

/** A batch as `DataLoader` hands it out. */
export interface LoadedBatch extends Batch {
  /**
   * Gives back the tensors that `get` and the transforms made for this batch, at once; never those that were there before.
   * Never necessary: the garbage collector finds them too. Calling it again does nothing.
   */
  dispose(): void;
}

/** What is drawn at the beginning of a pass. */
interface Pass {
  readonly order: Int32Array;
  /** Its children are the generators of the batches. */
  readonly random: Random;
  /** Whether nobody asks for more. */
  isOver: boolean;
}

const OPTIONS = ["batchSize", "shuffle", "random", "dropLast", "transform", "prefetch"];

/**
 * A dataset in batches, pass after pass: `for await (const { x, y } of loader)`.
 *
 * Beginning a pass draws one permutation from `random` with `shuffle`, and splits one generator off it with `transform`;
 * nothing else moves it. Batch i has that generator's i-th child, and in an array of transforms each has a child of that. So
 * the state of `random` before a pass decides its order and its augmentations, bit for bit, however it is read: to resume in
 * the middle, restore the state it began with and skip what was done, `loader.batches({ skip: 3 })`.
 *
 * `dataset.get` and transforms run in a scope: what they make beside the batch is given back at once. A tensor that they keep
 * for later is made before, elsewhere.
 *
 * @throws {RangeError} When `batchSize` is not a positive integer, or `prefetch` not one of at least 0.
 * @throws {TypeError} When `dataset` is none, or a promise; when `shuffle` is asked for without `random`.
 */
export class DataLoader implements AsyncIterable<LoadedBatch> {
  readonly dataset: AnyDataset;
  readonly batchSize: number;
  readonly shuffle: boolean;
  readonly random: Random | undefined;
  readonly prefetch: number;
  /** Number of batches in one pass. */
  readonly length: number;
  readonly #transform: DataLoaderOptions["transform"];

  constructor(dataset: AnyDataset, options: DataLoaderOptions) {
    expectDataset("DataLoader", "dataset", dataset);
    checkOptions("DataLoader", options, OPTIONS);
    const { batchSize, shuffle = false, random, dropLast = false, transform, prefetch = 0 } = options;
    checkInteger("DataLoader", "batchSize", batchSize, 1);
    if (checkBoolean("DataLoader", "shuffle", shuffle) && random === undefined) {
      throw new TypeError(
        "DataLoader: shuffle draws its orders from random, which is missing. Pass random: createRandom(seed).",
      );
    }
    if (random !== undefined) expectRandom("DataLoader", random);
    checkBoolean("DataLoader", "dropLast", dropLast);
    for (const each of transform === undefined ? [] : [transform].flat()) {
      expectTransform("DataLoader", "transform", each);
    }
    this.dataset = dataset;
    this.batchSize = batchSize;
    this.shuffle = shuffle;
    this.random = random;
    this.prefetch = checkInteger("DataLoader", "prefetch", prefetch, 0);
    this.length = dropLast ? Math.floor(dataset.length / batchSize) : Math.ceil(dataset.length / batchSize);
    this.#transform = Array.isArray(transform) ? [...transform] : transform;
  }

  /** One pass over the dataset. */
  [Symbol.asyncIterator](): AsyncGenerator<LoadedBatch, void, undefined> {
    return this.batches();
  }

  /**
   * One pass over the dataset without its first `skip` batches. What is random is drawn now, not at the first batch.
   *
   * @throws {RangeError} When `skip` is not an integer from 0 to `length`.
   */
  batches(options: BatchesOptions = {}): AsyncGenerator<LoadedBatch, void, undefined> {
    checkOptions("batches", options, ["skip"]);
    const { skip = 0 } = options;
    if (checkInteger("batches", "skip", skip, 0) > this.length) {
      throw new RangeError(
        `batches: skip is ${skip}, but one pass has ${this.length} batches. Use at most ${this.length}.`,
      );
    }
    return this.#read({ order: this.#order(), random: this.#split(), isOver: false }, skip);
  }

  #order(): Int32Array {
    const { length } = this.dataset;
    if (!this.shuffle || this.random === undefined) return Int32Array.from({ length }, (_, i) => i);
    const permutation = this.random.permutation(length);
    const order = Int32Array.from(permutation.dataSync());
    permutation.dispose();
    return order;
  }

  #split(): Random {
    if (this.random === undefined || this.#transform === undefined) return missingRandom("DataLoader");
    return this.random.split();
  }

  /** At most `prefetch` batches are in preparation or prepared while the consumer has one. */
  async *#read(pass: Pass, skip: number): AsyncGenerator<LoadedBatch, void, undefined> {
    const ahead: Promise<LoadedBatch>[] = [];
    try {
      for (let i = skip, next = skip; i < this.length; i++) {
        while (next < this.length && next <= i + this.prefetch) {
          const batch = this.#prepare(pass, next++);
          batch.catch(() => {}); // an error is told when its batch is asked for
          ahead.push(batch);
        }
        const batch = await ahead[0];
        ahead.shift();
        yield batch;
      }
    } finally {
      pass.isOver = true;
      for (const batch of ahead) {
        batch.then((unused) => unused.dispose()).catch(() => {}); // nobody is there to be told
      }
    }
  }

  async #prepare(pass: Pass, i: number): Promise<LoadedBatch> {
    const owner = new Ownership();
    const dispose = () => owner.dispose();
    try {
      const indices = pass.order.subarray(i * this.batchSize, (i + 1) * this.batchSize);
      let batch = await owner.step("dataset.get", () => this.dataset.get(indices));
      for (const transform of this.#transforms(pass, i)) {
        if (pass.isOver) break;
        const before = batch;
        batch = await owner.step("transform", () => transform(before));
      }
      return { ...batch, x: batch.x, y: batch.y, dispose }; // of an instance x and y may be getters
    } catch (error) {
      dispose();
      throw error;
    }
  }

  /** The transforms of batch i, with their generators. */
  #transforms({ random }: Pass, i: number): ((batch: Batch) => Batch | Promise<Batch>)[] {
    const transform = this.#transform;
    if (transform === undefined) return [];
    const own = this.random === undefined ? random : childOf(random, i);
    if (typeof transform === "function") return [(batch) => transform(batch, own)];
    return transform.map((each) => {
      const child = own.split();
      return (batch) => each(batch, child);
    });
  }
}
