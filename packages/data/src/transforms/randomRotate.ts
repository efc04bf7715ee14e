import { type Random, ShapeError } from "@conv/core";
import { checkChoice, checkNumber, checkOptions, formatShape, formatValue } from "@conv/core/operators";
import { arrayOf } from "../idx/elements.js";
import type { BatchTransform } from "./compose.js";
import { type Images, imagesOf, withImages } from "./images.js";
import { generatorOf, unit } from "./random.js";

/** The options of `randomRotate`. */
export interface RandomRotateOptions {
  /** "bilinear" lies between the nearest pixels, "nearest" takes one of them. Default: "bilinear". */
  readonly interpolation?: "bilinear" | "nearest";
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
  const [from, to] = rangeOf(degrees);
  checkChoice("randomRotate", "interpolation", interpolation, ["bilinear", "nearest"]);
  checkNumber("randomRotate", "fill", fill);
  return (batch, given) => {
    const random = generatorOf("randomRotate", own, given);
    const images = imagesOf("randomRotate", batch.x);
    if (images.rank === 1) {
      throw new ShapeError(
        `randomRotate: x ${formatShape(batch.x.shape)} has no two axes to turn. Pass x [N, C, H, W].`,
      );
    }
    if (batch.x.dtype === "int32" && interpolation === "bilinear") {
      throw new TypeError(
        'randomRotate: x is int32, but "bilinear" makes fractions. Use interpolation: "nearest" or cast x.',
      );
    }
    const y = arrayOf(batch.x.dtype, images.values.length);
    const turn = interpolation === "bilinear" ? bilinear : nearest;
    for (let n = 0; n < images.batch; n++) rotate(images, y, n, from + (to - from) * unit(random), fill, turn);
    return withImages(batch, y, images, [images.height, images.width]);
  };
}

function rangeOf(degrees: number | readonly [number, number]): readonly [number, number] {
  const range = typeof degrees === "number" ? [-degrees, degrees] : degrees;
  if (Array.isArray(range) && range.length === 2 && range.every(Number.isFinite) && range[0] <= range[1])
    return [range[0], range[1]];
  throw new RangeError(
    `randomRotate: degrees must be a number of at least 0 or a range [from, to], got ${formatValue(degrees)}.`,
  );
}

/** The value at (h, w) of the plane that begins at `plane`. */
type Sample = (images: Images, plane: number, h: number, w: number, fill: number) => number;

/** Turns all channels of example n. */
function rotate(
  images: Images,
  y: { [i: number]: number },
  n: number,
  degrees: number,
  fill: number,
  sample: Sample,
): void {
  const { channels, height, width } = images;
  const radians = ((degrees % 360) * Math.PI) / 180; // of less than a turn, else it is no longer exact
  const [cos, sin] = [exact(Math.cos(radians)), exact(Math.sin(radians))];
  const [middleH, middleW] = [(height - 1) / 2, (width - 1) / 2];
  for (let i = 0; i < height; i++) {
    for (let j = 0; j < width; j++) {
      const [h, w] = [i - middleH, j - middleW];
      const fromH = h * cos + w * sin + middleH;
      const fromW = w * cos - h * sin + middleW;
      for (let c = 0; c < channels; c++) {
        const plane = (n * channels + c) * height * width;
        y[plane + i * width + j] = sample(images, plane, fromH, fromW, fill);
      }
    }
  }
}

/** The cosine of a right angle is 0, and not 6·10⁻¹⁷. */
function exact(x: number): number {
  return Math.abs(x) < 1e-15 ? 0 : x;
}

const nearest: Sample = (images, plane, h, w, fill) => pixel(images, plane, Math.round(h), Math.round(w), fill);

const bilinear: Sample = (images, plane, h, w, fill) => {
  const [top, left] = [Math.floor(h), Math.floor(w)];
  const [down, right] = [h - top, w - left];
  const row = (r: number) =>
    right === 0
      ? pixel(images, plane, r, left, fill)
      : (1 - right) * pixel(images, plane, r, left, fill) + right * pixel(images, plane, r, left + 1, fill);
  return down === 0 ? row(top) : (1 - down) * row(top) + down * row(top + 1);
};

function pixel({ values, height, width }: Images, plane: number, h: number, w: number, fill: number): number {
  return h >= 0 && h < height && w >= 0 && w < width ? values[plane + h * width + w] : fill;
}
