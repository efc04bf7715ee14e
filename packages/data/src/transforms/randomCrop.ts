import { type Random, ShapeError } from "@conv/core";
import { checkChoice, checkNumber, checkOptions, formatShape } from "@conv/core/operators";
import type { BatchTransform } from "./compose.js";
import { checkPerAxis, imagesOf, type Picked, perImage, pickPixels } from "./images.js";
import { generatorOf } from "./random.js";

/** What is beyond the border of an image; the words of `pad` in @conv/core. */
export type BorderMode = "constant" | "reflect" | "replicate" | "circular";

/** The options of `randomCrop`. */
export interface RandomCropOptions {
  /** Pixels added on every side before: one number, or [rows, columns]. Default: 0. */
  readonly padding?: number | readonly number[];
  /** What is in them. Default: "constant". */
  readonly mode?: BorderMode;
  /** The constant. Default: 0. */
  readonly fill?: number;
  /** A generator of its own, which goes on from batch to batch. Default: that of the batch. */
  readonly random?: Random;
}

const MODES = ["constant", "reflect", "replicate", "circular"] as const;

/**
 * Makes a transform that pads each image and cuts a random window out of it, each place equally likely. y is not cut.
 *
 * @param size Of the window, in pixels: one number, or [rows, columns].
 * @returns A transform of batches x [N, C, H, W] or [N, C, L]. It throws a `ShapeError` when the padded image is smaller
 *   than the window, or `padding` is more than the border mode has pixels for.
 * @throws {RangeError} When a number is not an integer, or `mode` is none of those.
 * @see `torchvision.transforms.RandomCrop`; its "edge" is "replicate" here.
 */
export function randomCrop(size: number | readonly number[], options: RandomCropOptions = {}): BatchTransform {
  checkOptions("randomCrop", options, ["padding", "mode", "fill", "random"]);
  const { padding = 0, mode = "constant", fill = 0, random: own } = options;
  checkPerAxis("randomCrop", "size", size, 1);
  checkPerAxis("randomCrop", "padding", padding, 0);
  checkChoice("randomCrop", "mode", mode, MODES);
  checkNumber("randomCrop", "fill", fill);
  return (batch, given) => {
    const random = generatorOf("randomCrop", own, given);
    const images = imagesOf("randomCrop", batch.x);
    const [height, width] = perImage("randomCrop", "size", size, images.rank, 1);
    const [above, left] = perImage("randomCrop", "padding", padding, images.rank, 0);
    const roomBelow = images.height + 2 * above - height;
    const roomRight = images.width + 2 * left - width;
    if (roomBelow < 0 || roomRight < 0) {
      throw new ShapeError(
        `randomCrop: the window ${formatShape([height, width])} is larger than x ${formatShape(batch.x.shape)} ` +
          `with padding ${formatShape([above, left])}. Use a smaller size or more padding.`,
      );
    }
    checkBorder(mode, above, images.height);
    checkBorder(mode, left, images.width);
    return pickPixels(batch, images, [height, width], fill, () => [
      window(random.integer(roomBelow + 1) - above, height, images.height, mode),
      window(random.integer(roomRight + 1) - left, width, images.width, mode),
    ]);
  };
}

function checkBorder(mode: BorderMode, padding: number, length: number): void {
  const most = mode === "reflect" ? length - 1 : mode === "circular" ? length : Number.POSITIVE_INFINITY;
  if (padding > most) {
    throw new ShapeError(
      `randomCrop: padding ${padding} with mode "${mode}" needs more than the ${length} pixels of this axis. ` +
        `Use at most ${most}.`,
    );
  }
}

/** The pixels that a window from `first` on shows of an axis and what is beyond its border. */
function window(first: number, length: number, inSize: number, mode: BorderMode): Picked {
  return Int32Array.from({ length }, (_, i) => sourceOf(first + i, inSize, mode));
}

function sourceOf(i: number, length: number, mode: BorderMode): number {
  if (i >= 0 && i < length) return i;
  if (mode === "constant") return -1;
  if (mode === "replicate") return i < 0 ? 0 : length - 1;
  if (mode === "circular") return (i + length) % length;
  return i < 0 ? -i : 2 * (length - 1) - i;
}
