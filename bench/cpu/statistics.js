// Medians and means of times.

/** The middle one, or the mean of the middle two. NaN of none. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return (sorted[Math.ceil(middle) - 1] + sorted[Math.floor(middle)]) / 2;
}

/** exp of the mean of the logarithms: of ratios, the mean that does not depend on which way they are taken. NaN of none. */
export function geometricMean(values) {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}

/** Billions of operations in a second, of what takes `milliseconds`. */
export const gflops = (flops, milliseconds) => flops / milliseconds / 1e6;

/** How many runs of `each` milliseconds fill `milliseconds`: one at least, `most` at most. */
export function repetitions(milliseconds, each, most) {
  return Math.min(most, Math.max(1, Math.ceil(milliseconds / each)));
}
