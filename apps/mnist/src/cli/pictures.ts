import type { Dataset } from "@conv/data";
import type { Evaluation } from "@conv/nn";
import Table from "cli-table3";
import { pc } from "./colors.js";

const SHADES = [..." ░▒▓█"];
/** Pixels left out at each edge of a picture: digits stand in the middle. */
const MARGIN = 2;

/** A table of nothing but its cells. */
const NO_BORDERS = Object.fromEntries(
  ["top", "bottom", "left", "mid", "right"]
    .flatMap((side) => [side, `${side}-left`, `${side}-mid`, `${side}-right`])
    .concat("middle")
    .map((name) => [name, ""]),
);

/** A [1, 28, 28] image in characters: each stands for two pixels, one above the other. */
export function drawDigit(pixels: ArrayLike<number>, size = 28): string[] {
  const rows: string[] = [];
  for (let y = MARGIN; y < size - MARGIN; y += 2) {
    let row = "";
    for (let x = MARGIN; x < size - MARGIN; x++) {
      const ink = (pixels[y * size + x] + pixels[(y + 1) * size + x]) / 2;
      row += SHADES[Math.min(SHADES.length - 1, Math.floor(ink * SHADES.length))];
    }
    rows.push(row);
  }
  return rows;
}

/** The first examples that the model took for another digit, side by side. */
export function drawMistakes(dataset: Dataset, { predictions, labels }: Evaluation, count = 3): string {
  const wrong = labels.flatMap((label, i) => (predictions[i] === label ? [] : [i])).slice(0, count);
  if (wrong.length === 0) return "";
  const pictures = wrong.map((i) => {
    const caption = `a ${labels[i]}, read as ${predictions[i]}`;
    const rows = drawDigit(dataset.get([i]).x.dataSync());
    return [caption.padEnd(rows[0].length), ...rows.slice(1, -1)];
  });
  return pictures[0].map((_, row) => pictures.map((picture) => picture[row]).join("  ")).join("\n");
}

/** How often each digit (row) was read as each digit (column). */
export function drawConfusion({ predictions, labels }: Evaluation, classes: number): string {
  const digits = Array.from({ length: classes }, (_, digit) => digit);
  const counts = digits.map(() => new Array<number>(classes).fill(0));
  labels.forEach((label, i) => {
    counts[label][predictions[i]]++;
  });
  const table = new Table({
    head: ["", ...digits.map((digit) => pc.dim(digit))],
    colAligns: ["", ...digits].map(() => "right" as const),
    style: { head: [], border: [], compact: true },
    chars: NO_BORDERS,
  });
  counts.forEach((row, label) => {
    const cell = (count: number, digit: number) =>
      digit === label ? pc.green(count) : count === 0 ? pc.dim("·") : pc.bold(pc.red(count));
    table.push([pc.dim(label), ...row.map(cell)]);
  });
  return table.toString();
}
