import type { Settings } from "./settings.js";
import type { Window } from "./window.js";

/** A number as a cell has room for: at most two decimals, with a true minus sign. */
export function short(value: number): string {
  if (!Number.isFinite(value)) return value < 0 ? "−∞" : "∞";
  const rounded = Math.round(value * 100) / 100;
  return String(rounded === 0 ? 0 : rounded)
    .replace("-", "−")
    .replace(/^(−?)0\./, "$1.");
}

/** A number as a sum has room for. */
export function long(value: number): string {
  const rounded = Math.round(value * 1000) / 1000;
  return Number.isFinite(value) ? String(rounded === 0 ? 0 : rounded).replace("-", "−") : short(value);
}

/** A number behind a sign of arithmetic: negative ones in parentheses. */
const factor = (value: number) => (value < 0 ? `(${long(value)})` : long(value));

/** How many terms a sum spells out. */
const MOST_TERMS = 9;

/** The sum that makes an output, as one writes it: 0·1 + 1·(−1) + … = 3. Of a long one, what is not zero. */
export function sumOf({ operation }: Pick<Settings, "operation">, { taps, total }: Window): string {
  const told = taps.length <= MOST_TERMS ? taps : [...taps.filter(({ term }) => term !== 0 && Number.isFinite(term))];
  const listed = (told.length === 0 ? taps : told).slice(0, MOST_TERMS);
  const rest = listed.length < taps.length ? ["…"] : [];
  const joined = (spell: (tap: (typeof taps)[number]) => string, sign: string) =>
    [...listed.map(spell), ...rest].join(sign);
  switch (operation) {
    case "conv":
      return `${joined(({ value, weight = 0 }) => `${long(value)}·${factor(weight)}`, " + ")} = ${long(total)}`;
    case "average":
      return `(${joined(({ value }) => long(value), " + ")}) / ${taps.length} = ${long(total)}`;
    case "max":
      return `max(${joined(({ value }) => long(value), ", ")}) = ${long(total)}`;
    case "l2":
      return `√(${joined(({ value }) => `${long(value)}²`, " + ")}) = ${long(total)}`;
  }
}

/** Numbers as an attribute holds them: JSON, at most six decimals. */
export function json(values: ArrayLike<number>): string {
  return JSON.stringify(Array.from(values, (value) => Math.round(value * 1e6) / 1e6));
}
