import { geometryOf, type Settings, SIDE } from "./settings.js";

/** What Ŵ of a convolution looks like. */
export type Structure = "toeplitz" | "circulant" | "border";

/**
 * The structure of the part of Ŵ between an input and an output channel, before a stride leaves rows out. It is Toeplitz in
 * blocks that are; a circular border that keeps the image's size makes it circulant; other borders add their weights to those
 * of the pixels they copy.
 */
export function structureOf(settings: Settings): Structure {
  const { padding, mode } = settings;
  if (mode === "zeros" || padding === 0) return "toeplitz";
  const keepsSize = geometryOf({ ...settings, stride: 1 }).outSize.every((length) => length === SIDE);
  return mode === "circular" && keepsSize ? "circulant" : "border";
}
