import fc from "fast-check";
import { createRandom, type Shape, type Tensor, tensor } from "../src/index.js";
import { sizeOf, stridesOf } from "../src/shape.js";

/** How every property here draws its cases: seeded, so that a failure repeats itself. */
export const RUNS = { seed: 20_260_101, numRuns: 200 } as const;

/** Relative room for float64 sums of at most some thousand terms: 4096 roundings of 2⁻⁵³ are below 1e-12. */
export const FLOAT64_SUM = 1e-12;

/**
 * A float64 tensor of integers from −9 to 9. Their products and sums are exact in float64, so that tests of linear
 * maps compare with `toBe` and need no tolerance.
 */
export function integers(shape: Shape, seed: number): Tensor {
  const random = createRandom(seed);
  const values = Float64Array.from({ length: sizeOf(shape) }, () => random.integer(19) - 9);
  return tensor(values, shape);
}

/** ⟨a, b⟩, the inner product of two tensors of one shape. */
export function dot(a: Tensor, b: Tensor): number {
  if (String(a.shape) !== String(b.shape)) throw new Error(`dot: [${a.shape}] and [${b.shape}] differ.`);
  const [as, bs] = [a.dataSync(), b.dataSync()];
  let sum = 0;
  for (let i = 0; i < as.length; i++) sum += as[i] * bs[i];
  return sum;
}

/** ‖a‖₁ · max|b|, a scale for the rounding error of ⟨a, b⟩. */
export function scaleOf(a: Tensor, b: Tensor): number {
  const sum = list(a).reduce((total, value) => total + Math.abs(value), 0);
  return sum * list(b).reduce((most, value) => Math.max(most, Math.abs(value)), 1);
}

/** Every index of a shape, in row-major order: [0, 0], [0, 1], … */
export function indicesOf(shape: Shape): number[][] {
  return shape.reduce<number[][]>(
    (outer, length) => outer.flatMap((index) => Array.from({ length }, (_, i) => [...index, i])),
    [[]],
  );
}

/** x[index]. */
export function at(x: Tensor, index: readonly number[]): number {
  const strides = stridesOf(x.shape);
  return x.dataSync()[index.reduce((sum, i, axis) => sum + i * strides[axis], 0)];
}

/** The elements as an ordinary array, for `toEqual`. */
export function list(x: Tensor): number[] {
  return [...x.dataSync()];
}

/** The elements as the digits that float32 holds: 0.1 stays 0.1. */
export const float32 = (...values: number[]): number[] => [...Float32Array.from(values)];

const upTo = (min: number, max: number) => fc.integer({ min, max });

/** One spatial axis of a window: the padded image is at least as long as the dilated kernel, often just so. */
const windowAxis = fc
  .record({
    kernel: upTo(1, 3),
    stride: upTo(1, 4),
    dilation: upTo(1, 2),
    before: upTo(0, 2),
    after: upTo(0, 2),
    extra: upTo(0, 3),
  })
  .map(({ extra, ...axis }) => {
    const span = axis.dilation * (axis.kernel - 1) + 1;
    return { ...axis, length: Math.max(0, span - axis.before - axis.after) + extra };
  });

/** A convolution of rank 1 to 3 with everything unequal: shapes, options, and a seed for its values. */
export const convCase = fc
  .record({
    axes: fc.array(windowAxis, { minLength: 1, maxLength: 3 }),
    batch: upTo(0, 2),
    groups: upTo(1, 3),
    channels: upTo(1, 2),
    filters: upTo(1, 2),
    seed: upTo(0, 2 ** 31),
  })
  .map(({ axes, batch, groups, channels, filters, seed }) => ({
    xShape: [batch, groups * channels, ...axes.map(({ length }) => length)],
    wShape: [groups * filters, channels, ...axes.map(({ kernel }) => kernel)],
    options: {
      stride: axes.map(({ stride }) => stride),
      dilation: axes.map(({ dilation }) => dilation),
      padding: axes.map(({ before, after }) => [before, after] as const),
      groups,
    },
    seed,
  }));
