import { createRandom, type Shape, type Tensor, tensor } from "@conv/core";
import { sizeOf } from "@conv/core/operators";

/** How far apart spaced values are, on average. Bounds and thresholds at its multiples are far from all of them. */
export const SPACING = 0.1;

/** By how much a spaced value may be off its place: neighbours stay 0.06 apart, and 0.03 away from multiples of SPACING. */
const JITTER = 0.02;

/** Float64 tensors from a seed. */
export function valuesFrom(seed: number) {
  const random = createRandom(seed);
  const uniform = (shape: Shape, low: number, high: number) => random.uniform(shape, { dtype: "float64", low, high });
  return {
    /** From −1 to 1. */
    any: (shape: Shape): Tensor => uniform(shape, -1, 1),
    /** From 0.5 to 2: where logarithms, roots and powers are smooth. */
    positive: (shape: Shape): Tensor => uniform(shape, 0.5, 2),
    /** Integers from 0 to bound − 1. */
    integers: (shape: Shape, bound: number): Tensor =>
      tensor(
        Int32Array.from({ length: sizeOf(shape) }, () => random.integer(bound)),
        shape,
      ),
    /** Values around 0, of which no two are close, in one tensor or in several; nor is any close to 0. */
    spaced: (...shapes: Shape[]): Tensor[] => {
      const count = shapes.reduce((total, shape) => total + sizeOf(shape), 0);
      const [places, jitter] = [random.permutation(count).dataSync(), uniform([count], -JITTER, JITTER).dataSync()];
      const middle = Math.floor(count / 2) - 0.5;
      let at = 0;
      const next = () => (places[at] - middle) * SPACING + jitter[at++];
      return shapes.map((shape) => tensor(Float64Array.from({ length: sizeOf(shape) }, next), shape));
    },
  };
}
