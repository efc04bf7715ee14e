import { type Shape, type Tensor, tensor } from "@conv/core";
import { checkNumber, checkOptions, sizeOf } from "@conv/core/operators";
import { checkRandom, defaultRandom } from "../random.js";
import { checkWeight } from "./fans.js";
import type { InitOptions } from "./options.js";

/** The options of `orthogonal`. */
export interface OrthogonalOptions extends InitOptions {
  /** Factor of all elements. Default 1. */
  readonly gain?: number;
}

/**
 * A random matrix with orthogonal rows of length `gain`, or columns if they are fewer: W Wᵀ = gain²·I, or Wᵀ W. All such
 * matrices are equally likely. A weight [out, in, …] is the matrix [out, in·…].
 *
 * Cost: rows²·columns multiply-adds, or columns²·rows if they are fewer.
 *
 * @throws {ShapeError} When the shape has fewer than two axes.
 * @see Saxe, McClelland and Ganguli, "Exact solutions to the nonlinear dynamics of learning in deep linear neural
 *   networks" (arXiv:1312.6120).
 */
export function orthogonal(shape: Shape, options: OrthogonalOptions = {}): Tensor {
  checkOptions("orthogonal", options, ["gain", "random"]);
  const { gain = 1, random = defaultRandom() } = options;
  checkRandom("orthogonal", random);
  checkNumber("orthogonal", "gain", gain);
  const [rows, ...rest] = checkWeight("orthogonal", shape);
  const columns = sizeOf(rest);
  const [count, length] = [Math.min(rows, columns), Math.max(rows, columns)];
  const draws = random.normal([count, length], { dtype: "float64" }).dataSync();
  const vectors = Array.from({ length: count }, (_, i) => Float64Array.from(draws.slice(i * length, (i + 1) * length)));
  orthonormalize(vectors);
  const values = new Float64Array(rows * columns);
  for (let i = 0; i < values.length; i++) {
    const [row, column] = [Math.floor(i / columns), i % columns];
    values[i] = gain * (rows <= columns ? vectors[row][column] : vectors[column][row]);
  }
  return tensor(values, shape, { dtype: "float32" });
}

/** Gram and Schmidt's method, each vector cleared of those before it twice, so that rounding does not add up. */
function orthonormalize(vectors: readonly Float64Array[]): void {
  vectors.forEach((vector, i) => {
    for (const before of [...vectors.slice(0, i), ...vectors.slice(0, i)]) {
      const share = dot(vector, before);
      for (let j = 0; j < vector.length; j++) vector[j] -= share * before[j];
    }
    const norm = Math.sqrt(dot(vector, vector));
    for (let j = 0; j < vector.length; j++) vector[j] /= norm;
  });
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += a[j] * b[j];
  return sum;
}
