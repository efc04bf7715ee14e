import type { Cost } from "./cost.js";

/** What came out for one model. */
export interface Finding {
  readonly name: string;
  readonly cost: Cost;
  /** Share of the test digits that is recognised, 0 to 1: accuracy[pixels of shift][seed]. */
  readonly accuracy: Readonly<Record<number, readonly number[]>>;
  /** A training step, in milliseconds: the median of each seed's. */
  readonly stepMilliseconds: readonly number[];
}
