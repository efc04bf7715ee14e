import type { Settings } from "./settings.js";
import type { Window } from "./window.js";

/** A number as a cell has room for: four signs if that is possible, with at most two decimals, and a true minus. */
export function short(value: number): string {
  if (!Number.isFinite(value)) return value < 0 ? "−∞" : "∞";
  const written = [2, 1, 0].map((decimals) => plain(value, 10 ** decimals).replace(/^(−?)0\./, "$1."));
  return written.find((text) => text.length <= 4) ?? written[2];
}

/** A number rounded to a part of one, without a negative zero. */
function plain(value: number, parts: number): string {
  const rounded = Math.round(value * parts) / parts;
  return String(rounded === 0 ? 0 : rounded).replace("-", "−");
}

/** A number as a sum has room for. */
export const long = (value: number) => (Number.isFinite(value) ? plain(value, 1000) : short(value));

/** A number behind a sign of arithmetic: negative ones in parentheses. */
const factor = (value: number) => (value < 0 ? `(${long(value)})` : long(value));

/** How many terms a sum spells out. */
const MOST_TERMS = 9;

/** The sum that makes an output, as one writes it: 0·1 + 1·(−1) + … = 3. Of a long one, what is not zero. */
export function sumOf({ operation }: Pick<Settings, "operation">, { taps, total }: Window): string {
  const told = taps.length <= MOST_TERMS ? taps : [...taps.filter(({ term }) => term !== 0 && Number.isFinite(term))];
  const listed = (told.length === 0 ? taps : told).slice(0, MOST_TERMS);
  const isRestZero = told.length < taps.length && listed.length >= told.length && operation !== "max";
  const rest = listed.length < taps.length ? [isRestZero ? "0 + …" : "…"] : [];
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
