// Whether two peers computed the same: their results in a few numbers.

import { numberAt, STREAMS } from "./numbers.js";

/**
 * How far fingerprints may be apart, relative to the norm of the result. Winograd's transforms lose about 3e-6, and sums
 * of a hundred thousand terms in another order as much; a wrong map, layout or option is off by the norm itself.
 */
export const TOLERANCE = 1e-3;

/**
 * How far the losses of the first training steps may be apart, relatively. Adam's first steps go by the signs of the
 * gradients, some of which are rounding errors; a wrong gradient moves the second loss by a tenth.
 */
export const LOSS_TOLERANCE = 5e-3;

/**
 * A result in five numbers: how many it has, Σ y, Σ |y|, ‖y‖, and ⟨y, r⟩ with a fixed random r, which notices elements in
 * another order.
 *
 * @param {ArrayLike<number>} y In the order of NCHW or OIHW.
 */
export function fingerprint(y) {
  let [sum, absolute, squares, projection] = [0, 0, 0, 0];
  for (let i = 0; i < y.length; i++) {
    sum += y[i];
    absolute += Math.abs(y[i]);
    squares += y[i] * y[i];
    projection += y[i] * numberAt(STREAMS.projection, i);
  }
  return { length: y.length, sum, absolute, norm: Math.sqrt(squares), projection };
}

const isClose = (a, b, tolerance) => Math.abs(a - b) <= tolerance; // false for NaN

/** Whether two fingerprints, of a result or of a training ({ losses }, of the steps that both made), are of the same. */
export function agree(a, b) {
  if ("losses" in a) {
    const both = Math.min(a.losses.length, b.losses.length);
    return both > 0 && a.losses.slice(0, both).every((loss, i) => isClose(loss, b.losses[i], LOSS_TOLERANCE * loss));
  }
  const { length, sum, absolute, norm, projection } = a;
  return (
    length === b.length &&
    isClose(sum, b.sum, TOLERANCE * norm) &&
    isClose(projection, b.projection, TOLERANCE * norm) &&
    isClose(norm, b.norm, TOLERANCE * norm) &&
    isClose(absolute, b.absolute, TOLERANCE * absolute)
  );
}

/**
 * Who computed something else than the others: all who disagree with the one that most agree with. Where that is a tie,
 * the first decides.
 *
 * @template T
 * @param {readonly T[]} judged
 * @param {(one: T) => object} of The fingerprint of one.
 * @returns {T[]} None when there are fewer than two.
 */
export function dissenters(judged, of) {
  const against = judged.map((a) => judged.filter((b) => !agree(of(a), of(b))));
  const fewest = Math.min(...against.map(({ length }) => length));
  return against.find(({ length }) => length === fewest) ?? [];
}
