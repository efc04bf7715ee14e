// The numbers that all peers compute with: element i of stream s, the same in JavaScript and, in pytorch.py, in Python.
//
//     h = i + s · 2654435769;   h ^= h >> 16;   h *= 2146121005;   h ^= h >> 15;   h *= 2221713035;   h ^= h >> 16
//
// all modulo 2³². The value is (h >> 8) / 2²³ − 1: uniform in [−1, 1), and exact in float32. The mixing is that of
// C. Wellons' "lowbias32".

import { elements, shapesOf } from "./layers.js";

/** Which stream of numbers is for what. */
export const STREAMS = { x: 1, w: 2, gradY: 3, projection: 4, images: 5, labels: 6, parameters: 10 };

function hash(stream, i) {
  let h = (i + Math.imul(stream, 0x9e3779b9)) >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x7feb352d);
  h = Math.imul(h ^ (h >>> 15), 0x846ca68b);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Element i of a stream, in [−1, 1). */
export const numberAt = (stream, i) => (hash(stream, i) >>> 8) / 2 ** 23 - 1;

/** Element i of a stream, one of 0 … classes − 1. */
export const labelAt = (stream, i, classes) => hash(stream, i) % classes;

/** The first `length` elements of a stream, times `scale`. */
export function numbers(stream, length, scale = 1) {
  return Float32Array.from({ length }, (_, i) => numberAt(stream, i) * scale);
}

/** x, w and gradY of a layer, as they lie in memory in NCHW and OIHW, with their shapes. */
export function operandsOf(layer) {
  const { x, w, y } = shapesOf(layer);
  const values = (stream, shape) => numbers(stream, elements(shape));
  return {
    shapes: { x, w, gradY: y },
    x: values(STREAMS.x, x),
    w: values(STREAMS.w, w),
    gradY: values(STREAMS.gradY, y),
  };
}
