import { Tensor } from "@conv/core";
import { currentScope, formatValue, moveTo, withScope } from "@conv/core/operators";
import type { Batch } from "./dataset.js";

/** Something that can be given back. */
interface Disposable {
  dispose(): void;
}

/**
 * What was made on the way to one batch, to be given back with it. Known are the tensors made before a function returns;
 * those made later, behind a promise, are the garbage collector's, unless the batch comes with a `dispose` of its own.
 */
export class Ownership implements Disposable {
  readonly #owned = new Set<Disposable>();

  /**
   * Runs one step on the way: `dataset.get` or a transform. What it made beside its result is given back at once, and so is
   * what this result replaces.
   *
   * @param subject What the step is, as the beginning of an error.
   * @throws {TypeError} When its result is no batch, or one that was given back before.
   */
  async step(subject: string, make: () => Batch | Promise<Batch>): Promise<Batch> {
    const batch = await this.#run(make);
    checkBatch(subject, batch);
    if (batch.dispose !== undefined) this.#owned.add({ dispose: () => batch.dispose?.() });
    const current = tensorsIn(batch);
    for (const x of this.#owned) if (x instanceof Tensor && !current.has(x)) this.#giveBack(x);
    return batch;
  }

  dispose(): void {
    for (const x of this.#owned) this.#giveBack(x);
  }

  #giveBack(x: Disposable): void {
    this.#owned.delete(x);
    x.dispose();
  }

  /** Calls the function; the tensors of its result that it made pass from its scope to this owner. */
  #run(make: () => Batch | Promise<Batch>): Batch | Promise<Batch> {
    const run = () => {
      const result = make();
      const made = currentScope()?.made ?? new Set();
      const isLater = typeof result === "object" && result !== null && "then" in result;
      // Behind a promise it may need later what it made so far.
      const kept = isLater ? [...made] : [...tensorsIn(result)].filter((x) => made.has(x));
      moveTo(undefined, kept);
      if (!isLater) for (const x of kept) this.#owned.add(x);
      return result;
    };
    return withScope(run, () => []);
  }
}

/** The tensors in a batch: x, y, and in what else comes with them, in arrays, maps and objects too. */
function tensorsIn(batch: Batch): Set<Tensor> {
  const tensors = new Set<Tensor>();
  const seen = new Set<unknown>();
  const open: unknown[] = [batch, batch?.x, batch?.y]; // of an instance x and y may be getters
  while (open.length > 0) {
    const next = open.pop();
    if (typeof next !== "object" || next === null || seen.has(next) || ArrayBuffer.isView(next)) continue;
    seen.add(next);
    if (next instanceof Tensor) tensors.add(next);
    else for (const inner of isCollection(next) ? next.values() : Object.values(next)) open.push(inner);
  }
  return tensors;
}

const isCollection = (x: object): x is Map<unknown, unknown> | Set<unknown> => x instanceof Map || x instanceof Set;

const isTensor = (x: unknown): x is Tensor => x instanceof Tensor;

function checkBatch(subject: string, batch: Batch): void {
  if (!isTensor(batch?.x) || !isTensor(batch?.y)) {
    throw new TypeError(
      `DataLoader: ${subject} gave ${formatValue(batch)}, but must give a batch { x, y } of tensors.`,
    );
  }
  if (batch.x.isDisposed || batch.y.isDisposed) {
    throw new TypeError(
      `DataLoader: ${subject} gave a tensor that was given back with an earlier batch. ` +
        "Make what is given again and again before, outside of it; or a new one each time.",
    );
  }
}
