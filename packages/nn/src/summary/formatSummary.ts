import { formatShape } from "@conv/core/operators";
import type { LayerSummary, ReceptiveField, Summary } from "./layerSummary.js";

/** Longer names, and longer names of classes, are cut in the middle. */
const LONGEST = 22;

const HEADER = ["Layer", "Type", "Output shape", "Parameters", "MACs", "Memory", "Field", "Jump"];

/** The columns of words; those of numbers end at the right. */
const WORDS = 3;

/**
 * A summary as a table, a line for each call of a layer, 80 to 100 columns wide for most models. `Field` and `Jump` are
 * those of the receptive field, in pixels of the input, rows × columns: `all` spans the whole input, `?` cannot be told.
 */
export function formatSummary({ layers, totals, inputShapes }: Omit<Summary, "toString">): string {
  const rows = layers.map((layer) => cellsOf(layer, inputShapes[0].slice(2)));
  const hasField = rows.some((row) => row[6] !== "");
  const table = [HEADER, ...rows].map((row) => (hasField ? row : row.slice(0, 6)));
  const widths = table[0].map((_, i) => Math.max(...table.map((row) => row[i].length)));
  const lines = table.map((row) =>
    row
      .map((cell, i) => (i < WORDS ? cell.padEnd(widths[i]) : cell.padStart(widths[i])))
      .join("  ")
      .trimEnd(),
  );
  const rule = (mark: string) => mark.repeat(Math.max(...lines.map((line) => line.length)));
  const { parameters, macs } = totals;
  const input = `Input ${inputShapes.map(formatShape).join(", ")}`;
  const counts = `${exact(parameters.trainable + parameters.frozen)} parameters, ${exact(parameters.trainable)} trainable`;
  const memory = [
    `parameters ${bytes(totals.parameterBytes)}`,
    ...(totals.bufferBytes > 0 ? [`buffers ${bytes(totals.bufferBytes)}`] : []),
    `outputs ${bytes(totals.outputBytes)}`,
    `kept for backward ${bytes(totals.keptBytes)}`,
  ];
  return [
    rule("="),
    lines[0],
    rule("="),
    ...lines.slice(1),
    rule("="),
    `${input}; ${counts}; ${short(macs)} MACs`,
    `Memory: ${memory.join(", ")}`,
    rule("="),
  ].join("\n");
}

/** A layer's line. */
function cellsOf(layer: LayerSummary, inSize: readonly number[]): string[] {
  const { name, type, call, outputShape, parameters, macs, outputBytes, receptiveField = [] } = layer;
  const own = parameters.trainable + parameters.frozen;
  const shape = call === 0 ? "never called" : outputShape === undefined ? "no tensor" : formatShape(outputShape);
  const title = name === "" ? "(model)" : cut(name);
  return [
    call > 1 ? `${title} (call ${call})` : title,
    cut(type),
    shape,
    own === 0 ? "" : call > 1 ? "shared" : exact(own),
    macs === 0 ? "" : short(macs),
    outputBytes === 0 ? "" : bytes(outputBytes),
    ...fieldCells(receptiveField, inSize),
  ];
}

const cut = (name: string): string =>
  name.length <= LONGEST ? name : `${name.slice(0, 10)}…${name.slice(11 - LONGEST)}`;

/** Sizes, rows × columns; and jumps, one number if it is the same along all axes. */
function fieldCells(field: readonly (ReceptiveField | undefined)[], inSize: readonly number[]): [string, string] {
  const sizes = field.map((axis, i) =>
    axis === undefined ? "?" : coversAll(axis, inSize[i]) ? "all" : `${axis.size}`,
  );
  const jumps = field.map((axis) => (axis === undefined ? "?" : axis.jump === 0 ? "" : `${axis.jump}`));
  const isSame = (cells: readonly string[]) => cells.every((cell) => cell === cells[0]);
  const joined = (cells: readonly string[]) => cells.map((cell) => cell || "-").join("×");
  const isOneWord = isSame(sizes) && ["all", "?", undefined].includes(sizes[0]);
  return [isOneWord ? (sizes[0] ?? "") : joined(sizes), isSame(jumps) ? (jumps[0] ?? "") : joined(jumps)];
}

/** Whether the first output sees the whole input: then, but for padding that is not even, they all do. */
const coversAll = ({ size, start }: ReceptiveField, length: number) =>
  start - (size - 1) / 2 <= 0 && start + (size - 1) / 2 >= length - 1;

/** With commas: 61,706. */
const exact = (n: number): string => String(n).replace(/\B(?=(\d{3})+$)/g, ",");

/** Exact below a million, else four digits: 15.47 G. */
function short(n: number): string {
  const power = [1e12, 1e9, 1e6].find((unit) => n >= unit);
  return power === undefined ? exact(n) : `${digits(n / power)} ${{ 1e6: "M", 1e9: "G", 1e12: "T" }[power]}`;
}

/** 4 B, 18.8 kB, 1.21 MB: powers of 1000. */
function bytes(n: number): string {
  const power = [1e9, 1e6, 1e3].find((unit) => n >= unit);
  return power === undefined ? `${n} B` : `${digits(n / power)} ${{ 1e3: "kB", 1e6: "MB", 1e9: "GB" }[power]}`;
}

/** Three digits, or those before the point. */
const digits = (x: number): string => (x >= 100 ? x.toFixed(0) : x.toPrecision(3));
