import type { BatchTransform } from "./compose.js";
import { checkPerAxis, imagesOf, perImage, pickPixels, run } from "./images.js";

/**
 * Makes a transform that cuts the middle out of each image; where an image is smaller, zeros are put around it. y is not
 * cut.
 *
 * @param size Of the middle, in pixels: one number, or [rows, columns].
 * @returns A transform of batches x [N, C, H, W] or [N, C, L].
 * @throws {RangeError} When `size` is not a positive integer.
 * @see `torchvision.transforms.CenterCrop`, the same to the pixel: where the rest is odd, half of it is rounded to even.
 */
export function centerCrop(size: number | readonly number[]): BatchTransform {
  checkPerAxis("centerCrop", "size", size, 1);
  return (batch) => {
    const images = imagesOf("centerCrop", batch.x);
    const [height, width] = perImage("centerCrop", "size", size, images.rank, 1);
    const rows = run(firstOf(images.height, height), height, images.height);
    const columns = run(firstOf(images.width, width), width, images.width);
    return pickPixels(batch, images, [height, width], 0, () => [rows, columns]);
  };
}

/** Where the middle begins: ahead of the first pixel when it is longer than the axis. */
function firstOf(inSize: number, outSize: number): number {
  if (outSize > inSize) return -Math.floor((outSize - inSize) / 2);
  const half = (inSize - outSize) / 2;
  const rounded = Math.round(half);
  return rounded - half === 0.5 && rounded % 2 === 1 ? rounded - 1 : rounded;
}
