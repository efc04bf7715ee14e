import type { Random } from "@conv/core";
import { checkNumber, checkOptions } from "@conv/core/operators";
import type { BatchTransform } from "./compose.js";
import { checkPerAxis, imagesOf, perImage, withImages } from "./images.js";
import { checkProbability, generatorOf, unit } from "./random.js";

/** The options of `cutout`. */
export interface CutoutOptions {
  /** How likely an image is cut, 0 to 1. Default: 1. */
  readonly p?: number;
  /** What is put in. Default: 0. */
  readonly fill?: number;
  /** A generator of its own, which goes on from batch to batch. Default: that of the batch. */
  readonly random?: Random;
}

/**
 * Makes a transform that blanks a square of each image, in all channels. Its centre is a random pixel, each equally likely:
 * at the border a part of the square is outside. y is not cut.
 *
 * @param size Side of the square in pixels; or [rows, columns]. The centre h covers the rows h − ⌊size/2⌋ and the
 *   size − 1 after it.
 * @returns A transform of batches x [N, C, H, W] or [N, C, L].
 * @throws {RangeError} When `size` is not an integer of at least 0, or `p` not from 0 to 1.
 * @see DeVries and Taylor, "Improved regularization of convolutional neural networks with cutout" (arXiv:1708.04552).
 */
export function cutout(size: number | readonly number[], options: CutoutOptions = {}): BatchTransform {
  checkOptions("cutout", options, ["p", "fill", "random"]);
  const { p = 1, fill = 0, random: own } = options;
  checkPerAxis("cutout", "size", size, 0);
  checkProbability("cutout", p);
  checkNumber("cutout", "fill", fill);
  return (batch, given) => {
    const random = generatorOf("cutout", own, given);
    const images = imagesOf("cutout", batch.x);
    const { values, channels, height, width } = images;
    const [rows, columns] = perImage("cutout", "size", size, images.rank, 1);
    const place = (length: number, inSize: number) => {
      const first = random.integer(inSize) - Math.floor(length / 2);
      return [Math.max(0, first), Math.min(inSize, first + length)] as const;
    };
    for (let n = 0; n < images.batch; n++) {
      if (unit(random) >= p) continue;
      const [top, bottom] = place(rows, height);
      const [left, right] = place(columns, width);
      for (let c = 0; c < channels; c++) {
        for (let h = top; h < bottom; h++) {
          const row = ((n * channels + c) * height + h) * width;
          values.fill(fill, row + left, row + right);
        }
      }
    }
    return withImages(batch, values, images, [height, width]);
  };
}
