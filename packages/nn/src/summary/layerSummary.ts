import type { Shape } from "@conv/core";

/** What every output of a layer sees of the input, along one spatial axis; in pixels of the input. */
export interface ReceptiveField {
  /** How many pixels it spans, away from the edges of the image, where a part of them is padding. */
  readonly size: number;
  /** How far apart the fields of neighbouring outputs are: the stride of all layers up to here. 0: all see the same. */
  readonly jump: number;
  /** The centre of the first output's field; that of pixel i is i. */
  readonly start: number;
}

/** How many numbers a layer has of its own that are learned, and that are not since they require no gradient. */
export interface ParameterCount {
  readonly trainable: number;
  readonly frozen: number;
}

/** One call of a layer, or a layer that was never called. */
export interface LayerSummary {
  /** Its name in `stateDict`, `"features.0"`; empty for the model itself. Of a shared layer the first of its names. */
  readonly name: string;
  /** The name of its class, `"Conv2d"`; what a minifier left of it. */
  readonly type: string;
  /** How many modules it is in. */
  readonly depth: number;
  /** 1 for its first call; 2 and more if it is shared; 0 if it was never called. */
  readonly call: number;
  /** Undefined if it was never called, or returned no tensor. */
  readonly outputShape: Shape | undefined;
  /** Its own, without those of layers inside it; the same for every call. */
  readonly parameters: ParameterCount;
  /** Multiplications whose products are added up, outside the layers inside it. */
  readonly macs: number;
  /** Bytes of its output. */
  readonly outputBytes: number;
  /**
   * What its outputs see, for each spatial axis of the first input; an axis is undefined where this cannot be told, and all of
   * it if they do not depend on that input.
   */
  readonly receptiveField: readonly (ReceptiveField | undefined)[] | undefined;
}

/** The sums over a model. */
export interface SummaryTotals {
  /** Each parameter once, even if layers share it, also of layers that were not called. */
  readonly parameters: ParameterCount;
  readonly macs: number;
  /** Bytes of the inputs. */
  readonly inputBytes: number;
  /** Bytes of all layers' outputs, each once: a layer that passes on what it was given adds nothing. */
  readonly outputBytes: number;
  /** Bytes of what a training step keeps from its way forward for its way back, beside the parameters. */
  readonly keptBytes: number;
  readonly parameterBytes: number;
  /** Bytes of tensors that are part of the state but not learned, running means say. */
  readonly bufferBytes: number;
}

/** What `summary` tells. */
export interface Summary {
  readonly inputShapes: readonly Shape[];
  /** The model, and the layers in it, in the order in which they began; those that were never called last. */
  readonly layers: readonly LayerSummary[];
  readonly totals: SummaryTotals;
  /** As a table: `formatSummary`. */
  toString(): string;
}
