import type { Random } from "@conv/core";
import { checkChoice, checkNumber, checkOptions } from "@conv/core/operators";
import { angleRange, cosSin } from "./angle.js";
import type { BatchTransform } from "./compose.js";
import { generatorOf, unit } from "./random.js";
import { type Interpolation, warp } from "./warp.js";

/** The options of `randomRotate`. */
export interface RandomRotateOptions {
  /** "bilinear" lies between the nearest pixels, "nearest" takes one of them. Default: "bilinear". */
  readonly interpolation?: Interpolation;
  /** What comes in from outside. Default: 0. */
  readonly fill?: number;
  /** A generator of its own, which goes on from batch to batch. Default: that of the batch. */
  readonly random?: Random;
}

/**
 * Makes a transform that turns each image about its centre by a random angle, uniform from −degrees to degrees; positive
 * angles turn counter-clockwise. The size stays; corners are cut off. Pixel (h, w) of the result, measured from the centre,
 * is x at
 *
 *     (h cos θ + w sin θ, w cos θ − h sin θ)
 *
 * so that multiples of 90° move square images exactly. y is not turned.
 *
 * @param degrees One number of at least 0, or [from, to].
 * @returns A transform of batches x [N, C, H, W].
 * @throws {RangeError} When `degrees` is not such a range, or `interpolation` neither.
 * @see `torchvision.transforms.RandomRotation`, whose interpolation is "nearest" by default.
 */
export function randomRotate(
  degrees: number | readonly [number, number],
  options: RandomRotateOptions = {},
): BatchTransform {
  checkOptions("randomRotate", options, ["interpolation", "fill", "random"]);
  const { interpolation = "bilinear", fill = 0, random: own } = options;
  const [from, to] = angleRange("randomRotate", "degrees", degrees);
  checkChoice("randomRotate", "interpolation", interpolation, ["bilinear", "nearest"]);
  checkNumber("randomRotate", "fill", fill);
  return (batch, given) => {
    const random = generatorOf("randomRotate", own, given);
    return warp("randomRotate", batch, { interpolation, fill }, () => {
      const [cos, sin] = cosSin(from + (to - from) * unit(random));
      return [cos, sin, 0, -sin, cos, 0];
    });
  };
}
