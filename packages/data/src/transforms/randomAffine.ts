import type { Random } from "@conv/core";
import { checkChoice, checkNumber, checkOptions, formatValue } from "@conv/core/operators";
import { angleRange, cosSin } from "./angle.js";
import type { BatchTransform } from "./compose.js";
import { generatorOf, unit } from "./random.js";
import { type Interpolation, warp } from "./warp.js";

/** The options of `randomAffine`. */
export interface RandomAffineOptions {
  /** How far at most it is moved, in parts of its height and width: one number, or [rows, columns]. Default: 0. */
  readonly translate?: number | readonly [number, number];
  /** How many times as large it becomes: [from, to]. Default: [1, 1]. */
  readonly scale?: readonly [number, number];
  /** Degrees by which upright lines lean: one number, or [from, to]. Default: 0. */
  readonly shear?: number | readonly [number, number];
  /** "bilinear" lies between the nearest pixels, "nearest" takes one of them. Default: "bilinear". */
  readonly interpolation?: Interpolation;
  /** What comes in from outside. Default: 0. */
  readonly fill?: number;
  /** A generator of its own, which goes on from batch to batch. Default: that of the batch. */
  readonly random?: Random;
}

/**
 * Makes a transform that leans, enlarges, turns and moves each image at random, in this order and about its centre; the size of
 * the image stays. Angle θ, shear φ, scale s and translation t are uniform in their ranges. Pixel p = (h, w) of the result,
 * measured from the centre, is x at A⁻¹ (p − t), where A = s R(θ) K(φ): R turns counter-clockwise, K moves row h by −h tan φ
 * to the right, so that positive φ lean upright lines to the right. y is not moved.
 *
 * @param degrees Angles: one number of at least 0 for −degrees to degrees, or [from, to].
 * @returns A transform of batches x [N, C, H, W].
 * @throws {RangeError} When an angle is no such range, shears reach 90°, scales are not positive, translations not from 0 to 1.
 * @see `torchvision.transforms.RandomAffine`, whose interpolation is "nearest" by default, and which turns clockwise.
 */
export function randomAffine(
  degrees: number | readonly [number, number],
  options: RandomAffineOptions = {},
): BatchTransform {
  checkOptions("randomAffine", options, ["translate", "scale", "shear", "interpolation", "fill", "random"]);
  const { translate = 0, scale = [1, 1], shear = 0, interpolation = "bilinear", fill = 0, random: own } = options;
  const angles = angleRange("randomAffine", "degrees", degrees);
  const shears = shearRange(shear);
  const scales = scaleRange(scale);
  const [rows, columns] = translations(translate);
  checkChoice("randomAffine", "interpolation", interpolation, ["bilinear", "nearest"]);
  checkNumber("randomAffine", "fill", fill);
  return (batch, given) => {
    const random = generatorOf("randomAffine", own, given);
    const between = ([from, to]: readonly [number, number]) => from + (to - from) * unit(random);
    return warp("randomAffine", batch, { interpolation, fill }, ({ height, width }) => {
      const [cos, sin] = cosSin(between(angles));
      const lean = Math.tan((between(shears) * Math.PI) / 180);
      const size = between(scales);
      const down = height * between([-rows, rows]);
      const right = width * between([-columns, columns]);
      // A⁻¹ = K(−φ) R(−θ) / s, applied to p − t
      const [a, b] = [cos / size, sin / size];
      const [d, e] = [-sin / size + lean * a, cos / size + lean * b];
      return [a, b, -a * down - b * right, d, e, -d * down - e * right];
    });
  };
}

function shearRange(shear: number | readonly [number, number]): readonly [number, number] {
  const range = angleRange("randomAffine", "shear", shear);
  if (range[0] > -90 && range[1] < 90) return range;
  throw new RangeError(`randomAffine: shear must stay below 90 degrees, got ${formatValue(shear)}.`);
}

function scaleRange(scale: readonly [number, number]): readonly [number, number] {
  const isRange = Array.isArray(scale) && scale.length === 2 && scale.every(Number.isFinite);
  if (isRange && scale[0] > 0 && scale[0] <= scale[1]) return scale;
  throw new RangeError(
    `randomAffine: scale must be a range [from, to] of positive numbers, got ${formatValue(scale)}.`,
  );
}

function translations(translate: number | readonly [number, number]): readonly [number, number] {
  const both = typeof translate === "number" ? [translate, translate] : translate;
  if (Array.isArray(both) && both.length === 2 && both.every((part) => part >= 0 && part <= 1))
    return [both[0], both[1]];
  throw new RangeError(
    `randomAffine: translate must be a part of the image from 0 to 1, or [rows, columns], got ${formatValue(translate)}.`,
  );
}
