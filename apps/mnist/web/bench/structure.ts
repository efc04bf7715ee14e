import { geometryOf, type Settings, SIDE } from "./settings.js";

/** What Ŵ of a convolution looks like. */
export type Structure = "toeplitz" | "circulant" | "strided" | "border";

/**
 * The structure of Ŵ. Without a stride it is Toeplitz in blocks that are; a circular border that keeps the image's size
 * makes it circulant; other borders add their numbers to the pixels they copy.
 */
export function structureOf(settings: Settings): Structure {
  const { stride, padding, mode } = settings;
  if (stride > 1) return "strided";
  if (mode === "zeros" || padding === 0) return "toeplitz";
  const keepsSize = geometryOf(settings).outSize.every((length) => length === SIDE);
  return mode === "circular" && keepsSize ? "circulant" : "border";
}
