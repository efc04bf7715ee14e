import type { Random } from "@conv/core";
import { checkNumber, checkOptions } from "@conv/core/operators";
import type { BatchTransform } from "./compose.js";
import { checkPerAxis, imagesOf, perImage, pickPixels, run } from "./images.js";
import { generatorOf } from "./random.js";

/** The options of `randomShift`. */
export interface RandomShiftOptions {
  /** What comes in from outside. Default: 0. */
  readonly fill?: number;
  /** A generator of its own, which goes on from batch to batch. Default: that of the batch. */
  readonly random?: Random;
}

/**
 * Makes a transform that moves each image by a random number of whole pixels, each from −pixels to pixels equally likely,
 * along every spatial axis: y[n, c, h, w] = x[n, c, h − dₕ, w − d_w]. What is moved out is lost. y is not moved.
 *
 * @param pixels One number, or [rows, columns].
 * @returns A transform of batches x [N, C, H, W] or [N, C, L].
 * @throws {RangeError} When `pixels` is not an integer of at least 0.
 */
export function randomShift(pixels: number | readonly number[], options: RandomShiftOptions = {}): BatchTransform {
  checkOptions("randomShift", options, ["fill", "random"]);
  const { fill = 0, random: own } = options;
  checkPerAxis("randomShift", "pixels", pixels, 0);
  checkNumber("randomShift", "fill", fill);
  return (batch, given) => {
    const random = generatorOf("randomShift", own, given);
    const images = imagesOf("randomShift", batch.x);
    const { height, width } = images;
    const [down, right] = perImage("randomShift", "pixels", pixels, images.rank, 0);
    const draw = (most: number) => random.integer(2 * most + 1) - most;
    return pickPixels(batch, images, [height, width], fill, () => [
      run(-draw(down), height, height),
      run(-draw(right), width, width),
    ]);
  };
}
