import type { PaddingMode, Random } from "@conv/core";
import { BatchNorm2d, Conv2d, Dropout, Flatten, Linear, MaxPool2d, type Module, ReLU, Sequential } from "@conv/nn";

/** Length of an image's sides in pixels, and the number of digits. */
export const [SIDE, CLASSES] = [28, 10];

/** A convolution and what follows it: batch norm if it is asked for, ReLU, and a max pool that halves the plane. */
export interface Block {
  /** How many feature maps it makes. */
  readonly channels: number;
  readonly kernelSize: number;
  readonly stride: number;
  readonly dilation: number;
  /** Must divide the channels that go in and those that come out. */
  readonly groups: number;
  readonly paddingMode: PaddingMode;
  readonly batchNorm: boolean;
  readonly pool: boolean;
}

/** A convolutional network for digits: blocks, then two linear layers. */
export interface Architecture {
  readonly blocks: readonly Block[];
  /** Features between the two linear layers. */
  readonly hidden: number;
}

const BLOCK = { stride: 1, dilation: 1, groups: 1, paddingMode: "zeros", batchNorm: false, pool: true } as const;

/** Two convolutions, two pools, two linear layers. */
export const TWO_BLOCKS: Architecture = {
  blocks: [
    { ...BLOCK, channels: 8, kernelSize: 5 },
    { ...BLOCK, channels: 16, kernelSize: 3 },
  ],
  hidden: 128,
};

/**
 * Builds the network: [N, 1, 28, 28] → [N, 10]. Convolutions with stride 1 keep the plane's size: half the dilated kernel is
 * padded on each side.
 *
 * @param random Where its weights come from. Default: the shared generator, see `manualSeed`.
 * @throws {Error} From a layer, when its sizes do not fit: groups that do not divide the channels, a plane that vanishes.
 */
export function createModel({ blocks, hidden }: Architecture = TWO_BLOCKS, random?: Random): Sequential {
  const layers: Module[] = [];
  let [channels, side] = [1, SIDE];
  for (const block of blocks) {
    const { kernelSize, stride, dilation, groups, paddingMode } = block;
    const padding = Math.floor((dilation * (kernelSize - 1)) / 2);
    layers.push(
      new Conv2d(channels, block.channels, kernelSize, { stride, padding, dilation, groups, paddingMode, random }),
      ...(block.batchNorm ? [new BatchNorm2d(block.channels)] : []),
      new ReLU(),
      ...(block.pool ? [new MaxPool2d(2)] : []),
    );
    channels = block.channels;
    side = Math.floor((side + 2 * padding - dilation * (kernelSize - 1) - 1) / stride) + 1;
    if (block.pool) side = Math.floor(side / 2);
  }
  return new Sequential(
    ...layers,
    new Flatten(),
    new Linear(channels * side * side, hidden, { random }),
    new ReLU(),
    new Dropout(0.5),
    new Linear(hidden, CLASSES, { random }),
  );
}
