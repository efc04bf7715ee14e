import type { TypedArray } from "@conv/core";
import { checkBoolean, checkChoice, checkOptions } from "@conv/core/operators";
import { arrayOf } from "../idx/elements.js";
import type { BatchTransform } from "./compose.js";
import { checkPerAxis, imagesOf, perImage, withImages } from "./images.js";

/** The options of `resize`. */
export interface ResizeOptions {
  /** "bilinear" lies between the nearest pixels, "nearest" takes one of them. Default: "bilinear". */
  readonly mode?: "bilinear" | "nearest";
  /** Whether a smaller image is made of all pixels of the larger one, not of a few. Of "bilinear" only. Default: false. */
  readonly antialias?: boolean;
}

/**
 * Makes a transform that gives images another size. Centres of pixels are at half integers: pixel i of the result is
 *
 *     s = (i + ½) · inSize/outSize − ½, clamped to the image      "bilinear", between ⌊s⌋ and ⌊s⌋ + 1
 *     ⌊i · inSize/outSize⌋                                        "nearest"
 *
 * and with `antialias` a mean of the pixels around s with the weights of a triangle of half width inSize/outSize. y is not
 * resized.
 *
 * @param size In pixels: one number for every axis, or [rows, columns].
 * @returns A transform of batches x [N, C, H, W] or [N, C, L].
 * @throws {RangeError} When `size` is not a positive integer, or `mode` is neither.
 * @see `torch.nn.functional.interpolate` with `align_corners=False`.
 */
export function resize(size: number | readonly number[], options: ResizeOptions = {}): BatchTransform {
  checkOptions("resize", options, ["mode", "antialias"]);
  const { mode = "bilinear", antialias = false } = options;
  checkPerAxis("resize", "size", size, 1);
  checkChoice("resize", "mode", mode, ["bilinear", "nearest"]);
  if (checkBoolean("resize", "antialias", antialias) && mode === "nearest") {
    throw new RangeError('resize: antialias is of mode "bilinear". Leave one of them out.');
  }
  return (batch) => {
    const { dtype } = batch.x;
    if (dtype === "int32" && mode === "bilinear") {
      throw new TypeError('resize: x is int32, but "bilinear" makes fractions. Use mode: "nearest" or cast x.');
    }
    const images = imagesOf("resize", batch.x);
    const outSize = perImage("resize", "size", size, images.rank, 1);
    const y = arrayOf(dtype, images.batch * images.channels * outSize[0] * outSize[1]);
    resizePlanes(images.values, y, [images.height, images.width], outSize, { mode, antialias });
    return withImages(batch, y, images, outSize);
  };
}

/**
 * Planes of another size, one after the other: y = R x Cᵀ, where the rows of R and C are the weights of each pixel.
 *
 * @param x [planes, …inSize].
 * @param y [planes, …outSize]: where the result goes.
 */
export function resizePlanes(
  x: ArrayLike<number>,
  y: TypedArray,
  [inHeight, inWidth]: readonly [number, number],
  [height, width]: readonly [number, number],
  options: Required<ResizeOptions>,
): void {
  const rows = weightsOf(inHeight, height, options);
  const columns = weightsOf(inWidth, width, options);
  const narrow = new Float64Array(inHeight * width); // x Cᵀ of one plane
  const planes = y.length / (height * width);
  for (let plane = 0; plane < planes; plane++) {
    const [from, to] = [plane * inHeight * inWidth, plane * height * width];
    for (let h = 0; h < inHeight; h++) {
      for (let j = 0; j < width; j++) {
        const { first, weights } = columns[j];
        let sum = 0;
        for (let k = 0; k < weights.length; k++) sum += weights[k] * x[from + h * inWidth + first + k];
        narrow[h * width + j] = sum;
      }
    }
    for (let i = 0; i < height; i++) {
      const { first, weights } = rows[i];
      for (let j = 0; j < width; j++) {
        let sum = 0;
        for (let k = 0; k < weights.length; k++) sum += weights[k] * narrow[(first + k) * width + j];
        y[to + i * width + j] = sum;
      }
    }
  }
}

/** What a pixel of the result is made of: pixels of x from `first` on, and how much of each. */
interface Weights {
  readonly first: number;
  readonly weights: readonly number[];
}

function weightsOf(inSize: number, outSize: number, { mode, antialias }: Required<ResizeOptions>): Weights[] {
  const scale = inSize / outSize;
  return Array.from({ length: outSize }, (_, i) => {
    if (mode === "nearest") return { first: Math.floor((i * inSize) / outSize), weights: [1] };
    return antialias
      ? triangle((i + 0.5) * scale, Math.max(scale, 1), inSize)
      : between((i + 0.5) * scale - 0.5, inSize);
  });
}

/** The two pixels around s. */
function between(s: number, inSize: number): Weights {
  const clamped = Math.min(Math.max(s, 0), inSize - 1);
  const first = Math.floor(clamped);
  const part = clamped - first;
  return { first, weights: part === 0 ? [1] : [1 - part, part] };
}

/** The pixels whose centres are nearer to `centre` than `radius`, the nearer the more. */
function triangle(centre: number, radius: number, inSize: number): Weights {
  const first = Math.max(0, Math.floor(centre - radius + 0.5));
  const end = Math.min(inSize, Math.floor(centre + radius + 0.5));
  const heights = Array.from({ length: end - first }, (_, k) =>
    Math.max(0, 1 - Math.abs(first + k + 0.5 - centre) / radius),
  );
  const total = heights.reduce((sum, height) => sum + height, 0);
  return { first, weights: heights.map((height) => height / total) };
}
