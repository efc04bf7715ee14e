import { tensor } from "../create.js";
import { createRandom } from "../random.js";
import { type Shape, sizeOf } from "../shape.js";
import type { Tensor } from "../tensor.js";

/** A float32 tensor of seeded random numbers around 0. One shape gives one tensor. */
export function sample(...shape: number[]): Tensor {
  return createRandom(sizeOf(shape) + shape.length).normal(shape);
}

/** The same, from 0.5 to 2: where logarithms and quotients are tame. */
export function positive(...shape: number[]): Tensor {
  return createRandom(sizeOf(shape)).uniform(shape, { low: 0.5, high: 2 });
}

/** Small integers as float32, so that there are ties. */
export function ties(...shape: number[]): Tensor {
  const random = createRandom(sizeOf(shape));
  return tensor(
    Float32Array.from({ length: sizeOf(shape) }, () => random.integer(4)),
    shape,
  );
}

/** Indices below `bound`: int32. */
export function indices(shape: Shape, bound: number): Tensor {
  const random = createRandom(sizeOf(shape));
  return tensor(
    Int32Array.from({ length: sizeOf(shape) }, () => random.integer(bound)),
    shape,
  );
}
