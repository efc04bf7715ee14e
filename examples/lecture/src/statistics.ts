/** Σ xᵢ / n. */
export const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;

/** The standard deviation of a sample, √(Σ (xᵢ − mean)² / (n − 1)); undefined for one value, of which nobody knows it. */
export function deviation(values: readonly number[]): number | undefined {
  if (values.length < 2) return undefined;
  const center = mean(values);
  return Math.sqrt(values.reduce((sum, x) => sum + (x - center) ** 2, 0) / (values.length - 1));
}

/** The value in the middle, in order of size: one interruption of a measurement does not move it. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length / 2;
  return (sorted[Math.ceil(half) - 1] + sorted[Math.floor(half)]) / 2;
}

/** How one list of values lies to another. */
export type Order = "above" | "below" | "between";

/**
 * Whether one list lies wholly above or below another: its least value above the other's greatest.
 *
 * @see Mann and Whitney, "On a test of whether one of two random variables is stochastically larger than the other" (1947).
 */
export function order(a: readonly number[], b: readonly number[]): Order {
  if (Math.min(...a) > Math.max(...b)) return "above";
  return Math.max(...a) < Math.min(...b) ? "below" : "between";
}

/** How likely n values lie wholly above or below n others when nothing but chance tells them apart: 2·n!·n! / (2n)!. */
export function chanceOfOrder(n: number): number {
  let chance = 2;
  for (let k = 1; k <= n; k++) chance *= k / (n + k);
  return chance;
}
