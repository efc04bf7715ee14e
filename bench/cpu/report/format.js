// Numbers and tables as text.

/** Three significant digits, without an exponent: 0.0253, 2.60, 47.8, 1 234. */
export function formatNumber(value) {
  if (!Number.isFinite(value)) return "–";
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value) || 1)));
  const rounded = value.toFixed(digits);
  return rounded.replace(/^\d+/, (whole) => whole.replace(/\B(?=(\d{3})+$)/g, "\u202f"));
}

/** Milliseconds. */
export const formatTime = formatNumber;

/** How many times as fast: "2.00×". */
export const formatRatio = (ratio) => (Number.isFinite(ratio) ? `${formatNumber(ratio)}×` : "–");

/**
 * A Markdown table. The first column is text, the others are numbers.
 *
 * @param {readonly string[]} head
 * @param {readonly (readonly string[])[]} rows
 */
export function table(head, rows) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, i) => (i === 0 ? "---" : "---:"))), ...rows.map(line)].join("\n");
}

/** Numbers with six digits: a nanosecond of a millisecond is noise. */
const rounded = (_, value) =>
  typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(6)) : value;

/** JSON with a line for each element of a list, so that two runs can be compared line by line. */
export function toJson(results) {
  const text = (value) => JSON.stringify(value, rounded);
  const list = (items) =>
    items.length === 0 ? "[]" : `[\n${items.map((item) => `    ${text(item)}`).join(",\n")}\n  ]`;
  const entries = Object.entries(results).map(
    ([key, value]) => `  ${text(key)}: ${Array.isArray(value) ? list(value) : text(value)}`,
  );
  return `{\n${entries.join(",\n")}\n}\n`;
}
