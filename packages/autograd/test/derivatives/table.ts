import type { Case, Operator } from "./case.js";
import type { Measured, Order } from "./measure.js";

/** A case and what was measured of it at both orders. */
export interface MeasuredCase {
  readonly of: Case;
  readonly orders: Readonly<Record<Order, Measured>>;
}

/** The name under which a table shows an operator: those that differ in rank share one. */
export const familyOf = (operator: Operator) => operator.replace(/\dd/, "·d");

/** The entries compared, of each rank, and the geometries they are from: `284 · 512 · 705 in 16 each`. */
function cellOf(ranks: readonly (readonly Measured[])[]): string {
  const totals = ranks.map((parts) => ({
    entries: parts.reduce((sum, { entries }) => sum + entries, 0),
    geometries: parts.reduce((sum, { geometries }) => sum + geometries, 0),
  }));
  const entries = totals.map((total) => total.entries).join(" · ");
  return `${entries} in ${totals[0].geometries}${totals.length > 1 ? " each" : ""}`;
}

/** The operators of a family in one word: `conv{1,2,3}d`. */
function nameOf(family: readonly MeasuredCase[]): string {
  const operators = [...new Set(family.map(({ of }) => of.operator))];
  const ranks = operators.map((operator) => /(\d)d/.exec(operator)?.[1]);
  return `\`${operators.length === 1 ? operators[0] : operators[0].replace(/\dd/, `{${ranks.join(",")}}d`)}\``;
}

/** A row: the operators of a family, what was compared at order 1 and at order 2, and the ranks. */
function rowOf(family: readonly MeasuredCase[]): readonly string[] {
  const ranks = [...new Set(family.map(({ of }) => of.rank))];
  const cell = (order: Order) =>
    cellOf(ranks.map((rank) => family.filter(({ of }) => of.rank === rank).map(({ orders }) => orders[order])));
  return [nameOf(family), cell(1), cell(2), ranks.map((rank) => rank ?? "any").join(" · ")];
}

/** What the numbers mean. */
const LEGEND = [
  "How many entries of gradients are compared with central differences in float64, and over how many drawn geometries; where",
  "an operator has ranks, for each of them. Order 2 is the gradient of the gradient of ⟨y + y², r⟩ with a random r, so that",
  "linear maps are bent too. They agree to 1e-6 of the largest entry, or of 1 (`cast`, which rounds to float32: 1e-5).",
  "",
];

/** What was measured, as a table in Markdown with a row for each family. */
export function tableOf(measured: readonly MeasuredCase[]): string {
  const families = [...new Set(measured.map(({ of }) => familyOf(of.operator)))];
  const rows = families.map((family) => rowOf(measured.filter(({ of }) => familyOf(of.operator) === family)));
  return [...LEGEND, ...aligned([["operators", "order 1", "order 2", "ranks"], ...rows])].join("\n");
}

/** The lines of a table, the first being its head, in columns as the formatter has them. */
function aligned([head, ...rows]: readonly (readonly string[])[]): readonly string[] {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column].length)));
  const line = (row: readonly string[]) => `| ${row.map((cell, column) => cell.padEnd(widths[column])).join(" | ")} |`;
  return [head, widths.map((width) => "-".repeat(width)), ...rows].map(line);
}

const [OPEN, CLOSE] = ["<!-- derivatives: written by pnpm derivatives -->", "<!-- /derivatives -->"];

/** Where in a Markdown text the table stands, between its markers. */
function placeOf(markdown: string): readonly [start: number, end: number] {
  const [start, end] = [markdown.indexOf(OPEN), markdown.indexOf(CLOSE)];
  if (start < 0 || end < start) throw new Error(`The README has no ${OPEN} before a ${CLOSE}.`);
  return [start + OPEN.length, end];
}

/** The table that stands in a Markdown text. */
export function tableIn(markdown: string): string {
  return markdown.slice(...placeOf(markdown)).trim();
}

/** The text with another table. */
export function withTable(markdown: string, table: string): string {
  const [start, end] = placeOf(markdown);
  return `${markdown.slice(0, start)}\n\n${table}\n\n${markdown.slice(end)}`;
}
