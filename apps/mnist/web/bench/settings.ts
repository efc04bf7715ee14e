import { type ConvGeometry, convGeometry, type PaddingMode } from "@conv/core";
import { isTooFlat, type Preset } from "./presets.js";

/** Rows and columns of an image. */
export const SIDE = 8;

/** What the window does with what it sees. */
export type Operation = "conv" | "max" | "average" | "l2";

/** Which way the window reaches: both ways, along a row, or down a column. */
export type KernelShape = "square" | "row" | "column";

/** Where every switch of the bench stands. */
export interface Settings {
  readonly operation: Operation;
  /** Taps along each axis along which the window reaches. */
  readonly size: number;
  readonly shape: KernelShape;
  readonly stride: number;
  readonly padding: number;
  readonly mode: PaddingMode;
  readonly dilation: number;
  /** Channels of the image, and of a convolution's output. */
  readonly channels: number;
  readonly groups: number;
  /** What the kernel was chosen as; `own` once its numbers were changed. */
  readonly preset: Preset;
}

/** How the bench stands at first: a digit's horizontal edges. */
export const DEFAULTS: Settings = {
  operation: "conv",
  size: 3,
  shape: "square",
  stride: 1,
  padding: 1,
  mode: "zeros",
  dilation: 1,
  channels: 1,
  groups: 1,
  preset: "edgeHorizontal",
};

/** All values of every switch. */
export const RANGES = {
  operation: ["conv", "max", "average", "l2"],
  size: [1, 2, 3, 4, 5],
  shape: ["square", "row", "column"],
  stride: [1, 2, 3],
  padding: [0, 1, 2, 3],
  mode: ["zeros", "circular", "reflect", "replicate", "mean"],
  dilation: [1, 2, 3],
  channels: [1, 2],
  groups: [1, 2],
} as const satisfies { [Name in Exclude<keyof Settings, "preset">]: readonly Settings[Name][] };

/** Why settings do not go together. */
export type Conflict =
  | "tooWide" // the dilated window exceeds the padded image
  | "halfWindow" // pooling pads by half a window at most
  | "oneChannel" // one channel cannot be divided
  | "poolsAlone" // pooling knows no groups
  | "noMode" // pooling has its own idea of the border
  | "noDilation" // this pooling has no dilation
  | "noPadding" // this pooling has no padding
  | "tooFlat"; // an edge needs two pixels to differ

/** Rows and columns of the window. */
export function kernelSizeOf({ size, shape }: Pick<Settings, "size" | "shape">): readonly [number, number] {
  return [shape === "row" ? 1 : size, shape === "column" ? 1 : size];
}

/** [O, C/groups, rows, columns]. */
export function kernelShapeOf(settings: Settings): readonly [number, number, number, number] {
  return [settings.channels, settings.channels / settings.groups, ...kernelSizeOf(settings)];
}

/** Every size of the map: of a pooling too, which moves its window in the same way, over each channel alone. */
export function geometryOf(settings: Settings): ConvGeometry<PaddingMode> {
  const { channels, stride, padding, dilation, operation, mode } = settings;
  const isConv = operation === "conv";
  const shape = isConv ? kernelShapeOf(settings) : [channels, 1, ...kernelSizeOf(settings)];
  return convGeometry<PaddingMode>([1, channels, SIDE, SIDE], shape, {
    stride,
    padding,
    dilation,
    paddingMode: mode,
    groups: isConv ? settings.groups : channels,
  });
}

/** Pixels from a window's first to its last, along each axis. */
function spansOf(settings: Settings): readonly number[] {
  return kernelSizeOf(settings).map((length) => settings.dilation * (length - 1) + 1);
}

/** Why the settings do not go together, if they do not. */
export function conflict(settings: Settings): Conflict | undefined {
  const { operation, padding, mode, dilation, channels, groups, preset } = settings;
  const spans = spansOf(settings);
  if (groups > channels) return "oneChannel";
  if (operation === "conv") {
    if (isTooFlat(preset, kernelSizeOf(settings))) return "tooFlat";
  } else {
    if (groups > 1) return "poolsAlone";
    if (mode !== "zeros") return "noMode";
    if (dilation > 1 && operation !== "max") return "noDilation";
    if (padding > 0 && operation === "l2") return "noPadding";
    if (padding > Math.min(...spans) / 2) return "halfWindow";
  }
  return Math.max(...spans) > SIDE + 2 * padding ? "tooWide" : undefined;
}

/** Why switches cannot be put so, if they cannot. */
export function whyNot(settings: Settings, changes: Partial<Settings>): Conflict | undefined {
  return conflict(adapted({ ...settings, ...changes }, changes));
}

/** The settings with some switches put otherwise, and with them those that depend on them. */
export function changed(settings: Settings, changes: Partial<Settings>): Settings {
  const next = adapted({ ...settings, ...changes }, changes);
  return conflict(next) === undefined ? next : settings;
}

/** A new operation, number of channels or window takes along what it cannot do with. */
function adapted(settings: Settings, changes: Partial<Settings>): Settings {
  let next = settings;
  if (changes.channels !== undefined) next = { ...next, groups: Math.min(next.groups, next.channels) };
  if (changes.operation !== undefined && next.operation !== "conv") {
    const dilation = next.operation === "max" ? next.dilation : 1;
    const padding = next.operation === "l2" ? 0 : next.padding;
    next = { ...next, groups: 1, mode: "zeros", dilation, padding };
  }
  if (changes.preset === undefined && isTooFlat(next.preset, kernelSizeOf(next)))
    next = { ...next, preset: "identity" };
  const isPool = next.operation !== "conv";
  if (isPool && changes.padding === undefined) {
    const half = Math.floor(Math.min(...spansOf(next)) / 2);
    next = { ...next, padding: Math.min(next.padding, half) };
    const isNew = changes.operation !== undefined;
    if (isNew && Math.max(...spansOf(next)) > SIDE + 2 * next.padding) next = { ...next, dilation: 1 };
  }
  return next;
}
