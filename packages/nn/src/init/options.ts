import type { Random } from "@conv/core";

/** The options of an initialiser that draws. */
export interface InitOptions {
  /** Where the draws come from. Default: the shared generator, see `manualSeed`. */
  readonly random?: Random;
}
