import { convGeometry, type PaddingMode } from "@conv/core";
import { poolGeometry } from "@conv/core/operators";
import { AvgPool2d, BatchNorm2d, Conv2d, Dropout, Flatten, Identity, MaxPool2d, type Module, ReLU } from "@conv/nn";
import { allOf, elementAt, everything, type Region } from "./region.js";

/** A window that slides along one axis of an image. */
interface Axis {
  readonly inSize: number;
  readonly kernelSize: number;
  readonly stride: number;
  readonly dilation: number;
  readonly before: number;
}

/**
 * What a unit sees: the part of every earlier tensor that it depends on, as it is in use.
 *
 * @param layers Those of the network, one after another.
 * @param shapes Without the batch: of the input, then of every layer's output.
 * @param place Whose unit: 0 for the input, i for the output of layer i − 1.
 * @param unit Its flat position there.
 * @returns The regions of places 0 to `place`.
 */
export function traceBack(
  layers: readonly Module[],
  shapes: readonly (readonly number[])[],
  place: number,
  unit: number,
): Region[] {
  const regions = [elementAt(shapes[place], unit)];
  for (let i = place - 1; i >= 0; i--) regions.unshift(seenBy(layers[i], shapes[i], regions[0]));
  return regions;
}

/** The part of a layer's input that a part of its output depends on. */
function seenBy(layer: Module, inShape: readonly number[], region: Region): Region {
  if (isElementwise(layer)) return region;
  if (layer instanceof Conv2d) return seenByConv(layer, inShape, region);
  if (layer instanceof MaxPool2d || layer instanceof AvgPool2d) {
    const geometry = poolGeometry("trace", 2, [1, ...inShape], layer.kernelSize, layer.options);
    return [region[0], ...seenByWindows(axesOf(geometry), region.slice(1), "zeros")];
  }
  const isOne = region.every((positions) => positions.length === 1);
  if (layer instanceof Flatten && isOne) return elementAt(inShape, region[0][0]);
  return everything(inShape); // a linear layer sees all
}

const isElementwise = (layer: Module): boolean =>
  [ReLU, BatchNorm2d, Dropout, Identity].some((kind) => layer instanceof kind);

/** A convolution sees its group's channels through its windows. */
function seenByConv(layer: Conv2d, inShape: readonly number[], [channels, ...plane]: Region): Region {
  const geometry = convGeometry([1, ...inShape], layer.weight.shape, layer.options);
  const [outPerGroup, inPerGroup] = [geometry.outChannels / geometry.groups, geometry.inChannels / geometry.groups];
  const groups = new Set(channels.map((channel) => Math.floor(channel / outPerGroup)));
  const seen = allOf(geometry.inChannels).filter((channel) => groups.has(Math.floor(channel / inPerGroup)));
  return [seen, ...seenByWindows(axesOf(geometry), plane, geometry.paddingMode)];
}

function axesOf(geometry: ReturnType<typeof convGeometry> | ReturnType<typeof poolGeometry>): Axis[] {
  return geometry.inSize.map((inSize, axis) => ({
    inSize,
    kernelSize: geometry.kernelSize[axis],
    stride: geometry.stride[axis],
    dilation: geometry.dilation[axis],
    before: geometry.padding[axis][0],
  }));
}

function seenByWindows(axes: readonly Axis[], plane: Region, border: PaddingMode): Region {
  const taps = axes.map((axis, i) => tapsOf(axis, plane[i]));
  const isBeyond = taps.some((positions, i) => positions.some((at) => at < 0 || at >= axes[i].inSize));
  if (border === "mean" && isBeyond) return axes.map(({ inSize }) => allOf(inSize)); // the border is the mean of all
  return taps.map((positions, i) => {
    const seen = positions.map((at) => inside(at, axes[i].inSize, border)).filter((at) => at !== undefined);
    return [...new Set(seen)].sort((a, b) => a - b);
  });
}

/** Where the taps of these windows fall; beyond the image too. */
function tapsOf({ kernelSize, stride, dilation, before }: Axis, windows: readonly number[]): number[] {
  return windows.flatMap((window) => allOf(kernelSize).map((tap) => window * stride - before + tap * dilation));
}

/** The pixel that stands at a position, which may lie beyond the image; undefined if a zero stands there. */
function inside(at: number, length: number, border: PaddingMode): number | undefined {
  if (at >= 0 && at < length) return at;
  if (border === "circular") return ((at % length) + length) % length;
  if (border === "replicate") return at < 0 ? 0 : length - 1;
  if (border === "reflect") return at < 0 ? -at : 2 * (length - 1) - at;
  return undefined;
}
