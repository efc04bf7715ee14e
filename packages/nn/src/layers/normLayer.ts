import { reshape, type Variable, variable } from "@conv/autograd";
import { ones, type Shape, ShapeError, type Tensor, zeros } from "@conv/core";
import { expectTensor, formatShape } from "@conv/core/operators";

/** How the axes of a batch of 2 axes and more are written. */
const AXES = ["[N, C]", "[N, C, L]", "[N, C, H, W]", "[N, C, D, H, W]"];

/** What a norm layer learns, of this shape: a factor that starts at 1 and a summand that starts at 0; or nothing. */
export function affineParameters(shape: Shape, isAffine: boolean) {
  return isAffine ? { weight: variable(ones(shape)), bias: variable(zeros(shape)) } : {};
}

/** w [C] as [C, 1, …], so that it broadcasts to an x [N, C, …] of `rank` axes. */
export function perChannel(w: Variable | Tensor, rank: number): Variable {
  return reshape(w, [-1, ...new Array(rank - 2).fill(1)]);
}

/** The axes behind the channels of an x of `rank` axes. */
export function spatialAxes(rank: number): number[] {
  return Array.from({ length: rank - 2 }, (_, i) => i + 2);
}

/**
 * Checks that x is a tensor with one of these numbers of axes.
 *
 * @throws {ShapeError} When it has others.
 * @throws {TypeError} When it is none.
 */
export function checkRank(layer: string, x: Variable | Tensor, ranks: readonly number[]): void {
  expectTensor(layer, "x", x);
  const { shape } = x;
  if (ranks.includes(shape.length)) return;
  const forms = ranks.map((rank) => AXES[rank - 2]).join(" or ");
  throw new ShapeError(
    `${layer}: x must be ${forms}, got the shape ${formatShape(shape)}. Reshape it, or use the layer for its axes.`,
  );
}

/**
 * Checks that x [N, C, …] has the channels that the layer was made for.
 *
 * @throws {ShapeError} When it has not.
 */
export function checkChannels(layer: string, { shape }: Variable | Tensor, channels: number): void {
  if (shape[1] === channels) return;
  throw new ShapeError(
    `${layer}: x ${formatShape(shape)} has ${shape[1]} channels, but the layer was made for ${channels}. ` +
      `Make it for ${shape[1]}.`,
  );
}

/**
 * Checks that x is of the type of the layer's own tensors, or, if it has none, of a type that means can have.
 *
 * @throws {TypeError} When it is not.
 */
export function checkDType(layer: string, { dtype }: Variable | Tensor, own?: Variable | Tensor): void {
  const expected = own?.dtype ?? (dtype === "int32" ? "float32" : dtype);
  if (dtype === expected) return;
  throw new TypeError(`${layer}: x is ${dtype}, but must be ${expected}. Make it with { dtype: "${expected}" }.`);
}

/**
 * Checks that a mean is made of at least two values.
 *
 * @param what What has the values: `"channel"`.
 * @throws {ShapeError} When it is not: one value less its own mean is 0, whatever it was.
 */
export function checkCount(layer: string, { shape }: Variable | Tensor, count: number, what: string, hint: string) {
  if (count >= 2) return;
  throw new ShapeError(
    `${layer}: x ${formatShape(shape)} has fewer than two values per ${what}, and one less its own mean is always 0. ${hint}`,
  );
}
