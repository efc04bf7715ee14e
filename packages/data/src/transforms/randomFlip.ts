import { type Random, ShapeError } from "@conv/core";
import { checkChoice, checkOptions, formatShape } from "@conv/core/operators";
import type { BatchTransform } from "./compose.js";
import { imagesOf, pickPixels, run } from "./images.js";
import { checkProbability, generatorOf, unit } from "./random.js";

/** The options of `randomFlip`. */
export interface RandomFlipOptions {
  /** "horizontal" exchanges left and right, "vertical" top and bottom. Default: "horizontal". */
  readonly axis?: "horizontal" | "vertical";
  /** A generator of its own, which goes on from batch to batch. Default: that of the batch. */
  readonly random?: Random;
}

/**
 * Makes a transform that mirrors each image with probability p. y is not mirrored.
 *
 * @param p 0 to 1. Default: 0.5.
 * @returns A transform of batches x [N, C, H, W], or [N, C, L], which has no vertical.
 * @throws {RangeError} When `p` is not from 0 to 1, or `axis` is neither.
 * @see `torchvision.transforms.RandomHorizontalFlip` and `RandomVerticalFlip`.
 */
export function randomFlip(p = 0.5, options: RandomFlipOptions = {}): BatchTransform {
  checkOptions("randomFlip", options, ["axis", "random"]);
  const { axis = "horizontal", random: own } = options;
  checkProbability("randomFlip", p);
  checkChoice("randomFlip", "axis", axis, ["horizontal", "vertical"]);
  return (batch, given) => {
    const random = generatorOf("randomFlip", own, given);
    const images = imagesOf("randomFlip", batch.x);
    if (axis === "vertical" && images.rank === 1) {
      throw new ShapeError(`randomFlip: x ${formatShape(batch.x.shape)} has no vertical axis. Pass x [N, C, H, W].`);
    }
    const { height, width } = images;
    const [rows, columns] = [run(0, height, height), run(0, width, width)];
    const flipped =
      axis === "horizontal"
        ? ([rows, columns.slice().reverse()] as const)
        : ([rows.slice().reverse(), columns] as const);
    return pickPixels(batch, images, [height, width], 0, () => (unit(random) < p ? flipped : [rows, columns]));
  };
}
