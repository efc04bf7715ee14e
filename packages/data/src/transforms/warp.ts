import { ShapeError } from "@conv/core";
import { formatShape } from "@conv/core/operators";
import type { Batch } from "../dataset.js";
import { arrayOf } from "../idx/elements.js";
import { type Images, imagesOf, withImages } from "./images.js";

/** How a value between pixels is found: "bilinear" lies between the nearest four, "nearest" takes one of them. */
export type Interpolation = "bilinear" | "nearest";

/**
 * Where the pixels of a result come from, measured in pixels from the centre of the image:
 * (h, w) ↦ (a h + b w + c, d h + e w + f) is [a, b, c, d, e, f].
 */
export type AffineMap = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

/**
 * Moves the pixels of every image by an affine map of its own; the size stays.
 *
 * @param mapOf Where the pixels of the next image come from.
 * @throws {ShapeError} When x is not [N, C, H, W].
 * @throws {TypeError} When x is int32 and the interpolation makes fractions.
 */
export function warp(
  operator: string,
  batch: Batch,
  { interpolation, fill }: { readonly interpolation: Interpolation; readonly fill: number },
  mapOf: (images: Images) => AffineMap,
): Batch {
  const images = imagesOf(operator, batch.x);
  if (images.rank === 1) {
    throw new ShapeError(`${operator}: x ${formatShape(batch.x.shape)} has no two axes to turn. Pass x [N, C, H, W].`);
  }
  if (batch.x.dtype === "int32" && interpolation === "bilinear") {
    throw new TypeError(
      `${operator}: x is int32, but "bilinear" makes fractions. Use interpolation: "nearest" or cast x.`,
    );
  }
  const y = arrayOf(batch.x.dtype, images.values.length);
  const sample = interpolation === "bilinear" ? bilinear : nearest;
  for (let n = 0; n < images.batch; n++) warpOne(images, y, n, mapOf(images), sample, fill);
  return withImages(batch, y, images, [images.height, images.width]);
}

/** Moves the pixels of all channels of image n. */
function warpOne(
  images: Images,
  y: { [i: number]: number },
  n: number,
  [a, b, c, d, e, f]: AffineMap,
  sample: Sample,
  fill: number,
): void {
  const { channels, height, width } = images;
  const [middleH, middleW] = [(height - 1) / 2, (width - 1) / 2];
  for (let i = 0; i < height; i++) {
    for (let j = 0; j < width; j++) {
      const [h, w] = [i - middleH, j - middleW];
      const fromH = a * h + b * w + c + middleH;
      const fromW = d * h + e * w + f + middleW;
      for (let channel = 0; channel < channels; channel++) {
        const plane = (n * channels + channel) * height * width;
        y[plane + i * width + j] = sample(images, plane, fromH, fromW, fill);
      }
    }
  }
}

/** The value at (h, w) of the plane that begins at `plane`. */
type Sample = (images: Images, plane: number, h: number, w: number, fill: number) => number;

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
