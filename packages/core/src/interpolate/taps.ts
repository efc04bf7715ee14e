import type { DType } from "../dtype.js";
import { binsOf } from "../pool/adaptiveGeometry.js";

/** A part of an output pixel: weight · x[index]. */
export type Tap = readonly [index: number, weight: number];

/** What the taps along an axis depend on. */
export interface TapAxis {
  readonly inSize: number;
  readonly outSize: number;
  /** outSize / inSize as it was asked for, where it was. */
  readonly scaleFactor?: number | undefined;
  readonly alignCorners: boolean;
  readonly dtype: DType;
}

/** What makes the taps of output pixel i. */
type TapsOf = (axis: TapAxis) => (i: number) => readonly Tap[];

/** The parameter of the cubic kernel, as in PyTorch. */
const A = -0.75;

/** How far apart in x output pixels are, where pixels are areas. */
const stepOf = ({ inSize, outSize, scaleFactor }: TapAxis): number =>
  scaleFactor === undefined ? inSize / outSize : 1 / scaleFactor;

/**
 * The pixel in which i·step lies, or, `exact`ly, in which the middle (i + ½)·step does. PyTorch rounds as x's type does, and
 * once more to float32, which decides where i·step is all but an integer.
 */
const nearest =
  (exact: boolean): TapsOf =>
  (axis) => {
    const round = axis.dtype === "float64" ? (value: number) => value : Math.fround;
    const step = round(stepOf(axis));
    const placeOf = (i: number) =>
      exact ? round(Math.max(0, round(round(step * (i + 0.5)) - 0.5)) + 0.5) : round(step * i);
    return (i) => [[Math.min(Math.floor(Math.fround(placeOf(i))), axis.inSize - 1), 1]];
  };

/** Where output pixel i stands between the pixels of x: the one before it, and the way to the next, from 0 to 1. */
function placesOf(axis: TapAxis, least: number): (i: number) => readonly [before: number, way: number] {
  const { inSize, outSize, alignCorners } = axis;
  const step = alignCorners ? (outSize > 1 ? (inSize - 1) / (outSize - 1) : 0) : stepOf(axis);
  return (i) => {
    const place = Math.max(least, alignCorners ? i * step : (i + 0.5) * step - 0.5);
    const before = Math.min(Math.floor(place), inSize - 1);
    return [before, Math.min(place - before, 1)];
  };
}

/** The straight line between two pixels. PyTorch leaves an axis of the right length alone, whatever the scale factor. */
const linear: TapsOf = (axis) => {
  if (axis.inSize === axis.outSize) return (i) => [[i, 1]];
  const placeOf = placesOf(axis, 0);
  return (i) => {
    const [before, way] = placeOf(i);
    return [
      [before, 1 - way],
      [Math.min(before + 1, axis.inSize - 1), way],
    ];
  };
};

/** The cubic kernel up to one pixel away, and from one to two. */
const near = (t: number): number => ((A + 2) * t - (A + 3)) * t * t + 1;
const far = (t: number): number => ((A * t - 5 * A) * t + 8 * A) * t - 4 * A;

/** The cubic convolution of four pixels; those beyond an end are the one at the end. */
const cubic: TapsOf = (axis) => {
  const placeOf = placesOf(axis, Number.NEGATIVE_INFINITY);
  return (i) => {
    const [before, way] = placeOf(i);
    const weights = [far(way + 1), near(way), near(1 - way), far(2 - way)];
    return weights.map((weight, k) => [Math.min(Math.max(before + k - 1, 0), axis.inSize - 1), weight]);
  };
};

/** The mean of the pixels of a window, as in adaptive average pooling. */
const area: TapsOf = ({ inSize, outSize }) => {
  const bins = binsOf(inSize, outSize);
  return (i) => {
    const [start, end] = bins[i];
    return Array.from({ length: end - start }, (_, k) => [start + k, 1 / (end - start)]);
  };
};

const rules = {
  nearest: /* @__PURE__ */ nearest(false),
  nearestExact: /* @__PURE__ */ nearest(true),
  linear,
  bilinear: linear,
  bicubic: cubic,
  trilinear: linear,
  area,
};

/** How the pixels between those of x are made up. */
export type InterpolateMode = keyof typeof rules;

/** All modes. */
export const MODES: readonly InterpolateMode[] = ["nearest", "nearestExact", "linear", "bilinear", "bicubic", "trilinear", "area"]; // biome-ignore format: one line

/** What output pixel i along an axis is made of: the rows of a sparse matrix. Indices do not fall, but may be equal. */
export function tapsOf(mode: InterpolateMode, axis: TapAxis): (i: number) => readonly Tap[] {
  return rules[mode](axis);
}
