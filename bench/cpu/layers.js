// The convolutions that are measured: those of well-known networks, and those where one peer or another is weak.

/**
 * A convolution by its sizes; square images, kernels, strides and paddings.
 *
 * @typedef {object} Layer
 * @property {string} name
 * @property {number} batch
 * @property {number} inChannels
 * @property {number} outChannels
 * @property {number} size Rows and columns of x.
 * @property {number} kernelSize
 * @property {number} stride
 * @property {number} padding
 * @property {number} dilation
 * @property {number} groups
 */

/** The three partial maps of a convolution, as `pnpm bench --maps` names them, and what tables call them. */
export const MAPS = { forward: "forward", gradX: "grad input", gradW: "grad weight" };

/**
 * A layer by what is not usual about it.
 *
 * @returns {Layer}
 */
export function layer(name, inChannels, outChannels, size, kernelSize, options = {}) {
  const usual = { batch: 1, stride: 1, padding: (kernelSize - 1) / 2, dilation: 1, groups: 1 };
  return { name, inChannels, outChannels, size, kernelSize, ...usual, ...options };
}

/** @type {readonly Layer[]} */
export const LAYERS = [
  layer("7×7/2 3→64 @224", 3, 64, 224, 7, { stride: 2 }),
  layer("3×3 64→64 @56", 64, 64, 56, 3),
  layer("3×3 128→128 @28", 128, 128, 28, 3),
  layer("3×3 256→256 @14", 256, 256, 14, 3),
  layer("3×3 512→512 @7", 512, 512, 7, 3),
  layer("1×1 64→256 @56", 64, 256, 56, 1),
  layer("1×1 256→64 @56", 256, 64, 56, 1),
  layer("1×1 1024→256 @14", 1024, 256, 14, 1),
  layer("3×3/2 128→128 @56", 128, 128, 56, 3, { stride: 2 }),
  layer("3×3 groups 32 128→128 @56", 128, 128, 56, 3, { groups: 32 }),
  layer("3×3 depthwise 144 @56", 144, 144, 56, 3, { groups: 144 }),
  layer("3×3/2 depthwise 144 @56", 144, 144, 56, 3, { groups: 144, stride: 2 }),
  layer("3×3 dilation 2 256→256 @28", 256, 256, 28, 3, { dilation: 2, padding: 2 }),
  layer("5×5 1→32 @28, batch 64", 1, 32, 28, 5, { batch: 64 }),
  layer("3×3 32→64 @14, batch 64", 32, 64, 14, 3, { batch: 64 }),
  layer("3×3 64→64 @56, batch 8", 64, 64, 56, 3, { batch: 8 }),
  layer("3×3 depthwise 144 @56, batch 8", 144, 144, 56, 3, { batch: 8, groups: 144 }),
];

/** Rows and columns of y: ⌊(H + 2·padding − dilation·(K − 1) − 1) / stride⌋ + 1. */
export function outSize({ size, kernelSize, stride, padding, dilation }) {
  return Math.floor((size + 2 * padding - dilation * (kernelSize - 1) - 1) / stride) + 1;
}

/** The shapes of x, w and y: [N, C, H, W], [O, C/G, K, K], [N, O, OH, OW]. */
export function shapesOf(layer) {
  const { batch, inChannels, outChannels, size, kernelSize, groups } = layer;
  return {
    x: [batch, inChannels, size, size],
    w: [outChannels, inChannels / groups, kernelSize, kernelSize],
    y: [batch, outChannels, outSize(layer), outSize(layer)],
  };
}

/** How many elements a shape has. */
export const elements = (shape) => shape.reduce((a, b) => a * b, 1);

/**
 * The floating-point operations of the direct algorithm, the same for all three maps: two for each multiply-add, those
 * with the zeros of the padding included. A faster algorithm does fewer, and so has more "GFLOP/s".
 */
export function flopsOf(layer) {
  const { w, y } = shapesOf(layer);
  return 2 * elements(y) * elements(w.slice(1));
}
