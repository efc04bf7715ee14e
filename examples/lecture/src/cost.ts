import type { Shape } from "@conv/core";
import { type Module, summary } from "@conv/nn";

/** What a network costs, and how far it sees. All are exact: no training is needed to know them. */
export interface Cost {
  /** Numbers that are learned. */
  readonly parameters: number;
  /** Multiply-adds of convolutions and linear layers for one image. A batch norm has none: in use it is part of the weights. */
  readonly macs: number;
  /** Pixels of the image, along one axis, that reach a unit of the last convolution; all, where there is no convolution. */
  readonly field: number;
}

/**
 * The cost of a network for an image [C, H, W], layer by layer:
 *
 *     MACs(convolution) = O·OH·OW · (C/G)·K²        MACs(linear) = out·in
 *
 * A window of K taps, d apart, spans d·(K − 1) + 1 pixels of its input, which are `jump` pixels of the image apart:
 *
 *     field ← field + d·(K − 1)·jump                jump ← jump·stride        both from 1
 *
 * @see Dumoulin and Visin, "A guide to convolution arithmetic for deep learning" (arXiv:1603.07285).
 */
export function costOf(model: Module, imageShape: Shape): Cost {
  const { layers, totals } = summary(model, [1, ...imageShape]);
  const last = layers.filter(({ type }) => type === "Conv2d").at(-1);
  const field = last === undefined ? imageShape[1] : last.receptiveField?.[0]?.size;
  if (field === undefined) throw new Error("costOf: the field of the last convolution cannot be told.");
  return { parameters: totals.parameters.trainable, macs: totals.macs, field };
}
