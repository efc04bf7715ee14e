import { cast, interpolate } from "@conv/core";
import { checkBoolean, checkChoice, checkOptions, perAxis, tidy } from "@conv/core/operators";
import { antialiased } from "./antialiased.js";
import type { BatchTransform } from "./compose.js";
import { checkPerAxis, imageRank } from "./images.js";

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
    const { x } = batch;
    if (x.dtype === "int32" && mode === "bilinear") {
      throw new TypeError('resize: x is int32, but "bilinear" makes fractions. Use mode: "nearest" or cast x.');
    }
    const rank = imageRank("resize", x);
    const outSize = perAxis("resize", "size", size, rank, 1);
    if (antialias) return { ...batch, x: antialiased(x, outSize) };
    if (mode === "bilinear") {
      return { ...batch, x: interpolate(x, { size: outSize, mode: rank === 1 ? "linear" : "bilinear" }) };
    }
    // float64 holds every integer; where there is none, on a GPU, float32 holds those that int32 holds there.
    const exact = x.device.isHost ? "float64" : "float32";
    const nearest = () => cast(interpolate(cast(x, x.dtype === "int32" ? exact : x.dtype), { size: outSize }), x.dtype);
    return { ...batch, x: tidy(nearest) };
  };
}
