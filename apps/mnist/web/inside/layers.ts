import {
  AvgPool2d,
  BatchNorm2d,
  Conv2d,
  Dropout,
  Flatten,
  Linear,
  MaxPool2d,
  type Module,
  ReLU,
  type Sequential,
  summary,
} from "@conv/nn";
import { SIDE } from "../../src/model.js";
import { layersOf } from "./lookInside.js";

/** A tensor between the layers, with the layer that makes it: what a column of the picture shows. */
export interface Place {
  /** 0 for the input, i for the output of layer i − 1. */
  readonly place: number;
  /** The layer; none makes the input. */
  readonly layer: Module | undefined;
  /** Its class, "Conv2d". */
  readonly name: string;
  /** What it does, and what its adjoint does to the gradient g. */
  readonly formula: string;
  readonly adjoint: string;
  /** Of its output, without the batch. */
  readonly shape: readonly number[];
  readonly parameters: number;
  readonly macs: number;
  readonly bytes: number;
  /** Rows and columns of the input that a unit sees, padding counted; "all" for all of it. */
  readonly field: readonly [number, number] | "all";
}

/** Names and formulas; a minifier changes the names of classes. */
const KINDS: readonly (readonly [new (...options: never[]) => Module, string, string, string])[] = [
  [Conv2d, "Conv2d", "Ŵ x + b", "Ŵᵀ g"],
  [BatchNorm2d, "BatchNorm2d", "γ (x−μ)/σ + β", "γ/σ · g"],
  [ReLU, "ReLU", "max(0, x)", "g · [x > 0]"],
  [MaxPool2d, "MaxPool2d", "max", "g → argmax"],
  [AvgPool2d, "AvgPool2d", "mean", "g / size"],
  [Flatten, "Flatten", "vec x", "vec⁻¹ g"],
  [Dropout, "Dropout", "x", "g"],
  [Linear, "Linear", "W x + b", "Wᵀ g"],
];

/** The tensors of a network for digits, from the input to the logits. */
export function placesOf(model: Sequential): Place[] {
  const input: Place = {
    place: 0,
    layer: undefined,
    name: "",
    formula: "x",
    adjoint: "∂z/∂x",
    shape: [1, SIDE, SIDE],
    parameters: 0,
    macs: 0,
    bytes: 4 * SIDE * SIDE,
    field: [1, 1],
  };
  const rows = new Map(summary(model, [1, ...input.shape]).layers.map((row) => [row.name, row]));
  const places = layersOf(model).map((layer, i): Place => {
    const row = rows.get(model.children()[i][0]);
    const [, name, formula, adjoint] = KINDS.find(([kind]) => layer instanceof kind) ?? [0, "Layer", "f(x)", "Jᵀ g"];
    const [rowsSeen, columnsSeen] = row?.receptiveField ?? [];
    const isLocal = rowsSeen !== undefined && columnsSeen !== undefined && rowsSeen.jump > 0 && columnsSeen.jump > 0;
    return {
      place: i + 1,
      layer,
      name,
      formula,
      adjoint,
      shape: (row?.outputShape ?? []).slice(1),
      parameters: (row?.parameters.trainable ?? 0) + (row?.parameters.frozen ?? 0),
      macs: row?.macs ?? 0,
      bytes: row?.outputBytes ?? 0,
      field: isLocal ? [rowsSeen.size, columnsSeen.size] : "all",
    };
  });
  return [input, ...places];
}

/** Bytes as "784 B", "6.3 kB". */
export function bytesText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** A number with three digits that count, and a minus sign that is one. */
export function numberText(value: number): string {
  if (value === 0) return "0";
  const size = Math.abs(value);
  const text = size >= 1e-3 && size < 1e4 ? String(Number(size.toPrecision(3))) : size.toExponential(1);
  return value < 0 ? `−${text}` : text;
}
