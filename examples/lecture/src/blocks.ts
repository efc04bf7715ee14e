import type { ConvSizeOptions } from "@conv/core";
import { BatchNorm2d, Conv2d, type Module, ReLU } from "@conv/nn";

/** The options of a block: those of its convolution. */
export type BlockOptions = Omit<ConvSizeOptions, "dilation"> & { readonly dilation?: number };

/**
 * A convolution, its batch norm, and ReLU: [N, C, H, W] → [N, O, H, W] at stride 1. The padding d·(K − 1)/2 keeps the size,
 * unless the options say otherwise. The norm has a bias already, so the convolution has none:
 *
 *     parameters = O·(C/G)·K² + 2·O
 */
export function block(
  inChannels: number,
  outChannels: number,
  kernelSize: number,
  options: BlockOptions = {},
): readonly Module[] {
  const padding = ((options.dilation ?? 1) * (kernelSize - 1)) / 2;
  return [
    new Conv2d(inChannels, outChannels, kernelSize, { padding, bias: false, ...options }),
    new BatchNorm2d(outChannels),
    new ReLU(),
  ];
}
