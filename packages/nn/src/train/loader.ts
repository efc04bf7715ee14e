import type { Random, Tensor } from "@conv/core";

/** Some examples: x [N, …] and their targets y [N, …]: labels, or numbers. */
export interface Batch {
  readonly x: Tensor;
  readonly y: Tensor;
  /** Gives back the tensors that were made for this batch. `fit` and `evaluate` call it when they are done with it. */
  dispose?(): void;
}

/** Where batches come from; `DataLoader` of `@conv/data` is one. */
export interface Loader extends AsyncIterable<Batch> {
  /** Number of batches in a pass. */
  readonly length: number;
  /** What shuffles them, if something does. Its state before a pass decides the pass's order. */
  readonly random?: Random | undefined;
  /** A pass over all batches; `skip` leaves out the first ones. */
  batches?(options: { readonly skip?: number }): AsyncIterable<Batch>;
}
