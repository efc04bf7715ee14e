import type { ConvGeometry } from "../conv/geometry.js";
import { sizeOf } from "../shape.js";
import type { Tensor } from "../tensor.js";
import type { Frame } from "./convProduct.js";
import { currentEngine } from "./engine.js";
import { preparedFrom } from "./prepared.js";
import { run } from "./run.js";
import { grid, planned } from "./tables.js";
import type { Workspace } from "./workspace.js";

/** Channels and filters, at least: with fewer, transforming costs more than it saves. */
const CHANNELS = 16;
/** Tiles of the result, at least; and for the gradient of the filters, which sums over them. */
const [TILES, SUMMED_TILES] = [16, 48];
/** Tiles of a block. */
const BLOCK = 32;
/** How many blocks there shall be: rows are cut where there are too few of tiles. */
const BLOCKS = 4;
/** Rows of a block, at least. */
const BLOCK_ROWS = 64;
/** Bytes that a block of transformed tiles may take: they stay in the second cache. */
const BLOCK_BYTES = 768 * 1024;
/** Bytes that the sums of all parts of the tiles may take. */
const SUM_BYTES = 2 ** 25;
/** Bytes between the 36 places of a transform, at most, beside their contents. */
const APART = 128;
/** Multiply-adds in a nanosecond, about. */
const PACE = 18;
/** Pixels along the side of a tile of the result. */
const SIDE = 4;

/** A convolution of 3 × 3 taps and stride 1 as Winograd's algorithm sees it: `depth` channels become `rows` ones. */
export interface WinogradSizes {
  readonly images: number;
  readonly rows: number;
  readonly depth: number;
  /** Height and width of the result. */
  readonly outSize: readonly number[];
  readonly dilation: readonly number[];
}

/** How many tiles there are along each axis: of each of the images that a dilation makes of one. */
const tileCounts = ({ outSize, dilation }: Pick<WinogradSizes, "outSize" | "dilation">) =>
  outSize.map((length, axis) => Math.ceil(Math.ceil(length / dilation[axis]) / SIDE));

/** Where it pays to convolve by Winograd's algorithm: for a result of this size, or for the gradient of the filters. */
export function isWinograd(geometry: ConvGeometry, outSize: readonly number[], isSummed = false): boolean {
  const { batch, groups, inChannels, outChannels, kernelSize, stride, dilation } = geometry;
  const isThree = kernelSize.length === 2 && kernelSize.every((length) => length === 3);
  if (!isThree || groups > 1 || stride.some((step) => step > 1) || !currentEngine()?.hasWinograd) return false;
  const tiles = batch * sizeOf(dilation) * sizeOf(tileCounts({ outSize, dilation }));
  return inChannels >= CHANNELS && outChannels >= CHANNELS && tiles >= (isSummed ? SUMMED_TILES : TILES);
}

/**
 * Images of whole tiles. With a dilation, taps see each d-th pixel: their rows are cut into rows of those, so that an image
 * is d × d images that lie in each other.
 *
 * @param margin Pixels that a tile is larger than SIDE along each axis.
 */
export function tiledFrame(
  sizes: Pick<WinogradSizes, "outSize" | "dilation">,
  before: readonly number[],
  margin: number,
): Frame {
  const [down, across] = tileCounts(sizes).map((count) => SIDE * count + margin);
  const [dilation, step] = sizes.dilation;
  return { before, size: [dilation * down, across], step };
}

/** Where the tiles of a batch begin in images of so many channels, laid out in a frame; and how far apart rows are. */
function tilesIn({ images, outSize, dilation }: WinogradSizes, channels: number, { size, step = 1 }: Frame) {
  const [lines, width] = size;
  const [down, across] = tileCounts({ outSize, dilation });
  const pitch = step * width;
  const steps = [channels * lines * pitch, pitch, SIDE * dilation[0] * pitch, width, SIDE];
  return {
    starts: grid([images, dilation[0], down, step, across], steps),
    plane: lines * pitch,
    pitch: dilation[0] * pitch,
  };
}

/** Where the tiles of a batch go in the result, and how much of each is within it: 8 · rows + columns. */
function tilesOfResult({ images, rows, outSize, dilation }: WinogradSizes) {
  const [height, width] = outSize;
  const counts = tileCounts({ outSize, dilation });
  const steps = [rows * height * width, width, SIDE * dilation[0] * width, 1, SIDE * dilation[1]];
  const targets = grid([images, dilation[0], counts[0], dilation[1], counts[1]], steps);
  /** Pixels of each tile along an axis, for each phase of the dilation. */
  const [down, across] = outSize.map((length, axis) =>
    Array.from({ length: dilation[axis] * counts[axis] }, (_, i) => {
      const [phase, tile] = [Math.floor(i / counts[axis]), i % counts[axis]];
      return Math.max(0, Math.min(SIDE, Math.ceil((length - phase) / dilation[axis]) - SIDE * tile));
    }),
  );
  const extents = targets.map(
    (_, t) => 8 * down[Math.floor(t / across.length) % down.length] + across[t % across.length],
  );
  return { targets, extents };
}

/** The filters of a convolution: how far apart they are in w, and whether their taps are to be turned around. */
export interface Filters {
  readonly w: Tensor;
  readonly rowStep: number;
  readonly depthStep: number;
  readonly isFlipped: boolean;
}

/** Convolves images that are laid out in a frame, at `images`, into `y`. */
export function winograd(
  workspace: Workspace,
  sizes: WinogradSizes,
  frame: Frame,
  filters: Filters,
  { images, y, bias = 0 }: { readonly images: number; readonly y: number; readonly bias?: number },
): void {
  const { rows, depth, outSize, dilation } = sizes;
  const { plan, at } = planned(workspace, `winograd ${keyOf(sizes)}`, () => {
    const plan = { ...tilesIn(sizes, depth, frame), ...tilesOfResult(sizes) };
    return { plan, tables: [plan.starts, plan.targets, plan.extents] };
  });
  const [height, width] = outSize;
  const count = plan.starts.length;
  const across = Math.ceil(count / BLOCK);
  const cuts = Math.max(1, Math.min(Math.floor(rows / BLOCK_ROWS), Math.ceil(BLOCKS / across)));
  const blockRows = 4 * Math.ceil(rows / 4 / cuts);
  const chunks = Math.min(512, across * Math.ceil(rows / blockRows));
  const v = cuts === 1 ? 0 : workspace.take(across * 36 * (4 * BLOCK * depth + APART));
  const words = [
    ...[images, transformed(workspace, sizes, filters), y, rows, depth],
    ...[4 * plan.plane, 4 * plan.pitch, 4 * height * width, 4 * dilation[0] * width],
    ...[count, at(plan.starts), at(plan.targets), at(plan.extents)],
    ...[BLOCK, blockRows, bias, chunks, 4 * dilation[1], v],
  ];
  if (v !== 0) {
    const parts = Math.min(16, Math.ceil(depth / 4));
    run(workspace, "winogradImages", [...words, parts], { chunks: parts, scratch: 1024, cost: 12 * count * depth });
  }
  run(workspace, "winograd", words, {
    chunks,
    scratch: 1024 + 36 * (4 * BLOCK * ((v === 0 ? depth : 0) + blockRows) + 2 * APART),
    cost: (36 * count * rows * depth) / PACE,
  });
}

const keyOf = (sizes: WinogradSizes) => Object.values(sizes).join(" ");

/** U = G g Gᵀ, the filters transformed. */
function transformed(workspace: Workspace, { rows, depth }: WinogradSizes, filters: Filters): number {
  const { w, rowStep, depthStep, isFlipped } = filters;
  const panels = Math.ceil(rows / 4);
  const chunks = Math.min(16, panels);
  return preparedFrom(
    workspace,
    w,
    `winograd ${isFlipped} ${rows} ${depth}`,
    36 * (16 * panels * depth + APART),
    (u) => {
      const words = [workspace.read(w), u, rows, depth, 4 * rowStep, 4 * depthStep, Number(isFlipped), chunks];
      run(workspace, "winogradFilters", words, { chunks, scratch: 512, cost: rows * depth * 40 });
    },
  );
}

/** gradW of images and gradients that are laid out in their frames. */
export function winogradAdjointW(
  workspace: Workspace,
  sizes: WinogradSizes,
  frames: { readonly images: Frame; readonly gradients: Frame },
  places: { readonly images: number; readonly gradients: number; readonly gradW: number },
): void {
  const { rows, depth } = sizes;
  const { plan, at } = planned(workspace, `winogradAdjointW ${keyOf(sizes)}`, () => {
    const plan = { x: tilesIn(sizes, depth, frames.images), g: tilesIn(sizes, rows, frames.gradients) };
    return { plan, tables: [plan.x.starts, plan.g.starts] };
  });
  const { x, g } = plan;
  const count = x.starts.length;
  const [rowPanels, columnPanels] = [Math.ceil(rows / 4), Math.ceil(depth / 8)];
  const sumBytes = 36 * 128 * rowPanels * columnPanels;
  const parts = Math.max(1, Math.min(8, Math.floor(count / SUMMED_TILES), Math.floor(SUM_BYTES / sumBytes)));
  const blockRows = 4 * Math.ceil(rowPanels / Math.max(1, Math.min(Math.floor(rows / 32), Math.floor(8 / parts))));
  const perTile = 36 * 4 * (blockRows + 8 * columnPanels);
  const blockTiles = Math.max(8, Math.min(64, Math.floor(BLOCK_BYTES / perTile)));
  const chunks = parts * Math.ceil(rows / blockRows);
  const sums = workspace.take(parts * sumBytes);
  run(
    workspace,
    "winogradAdjointW",
    [
      ...[places.images, places.gradients, sums, rows, depth],
      ...[4 * x.plane, 4 * x.pitch, 4 * g.plane, 4 * g.pitch],
      ...[count, at(x.starts), at(g.starts), parts, blockTiles, blockRows, chunks],
    ],
    { chunks, scratch: 1024 + perTile * blockTiles + 36 * 2 * APART, cost: (36 * count * rows * depth) / PACE },
  );
  const gathers = Math.min(16, rows);
  run(workspace, "winogradGradients", [sums, places.gradW, rows, depth, parts, gathers], {
    chunks: gathers,
    scratch: 512,
    cost: (rows * depth * (36 * parts + 36)) / 8,
  });
}
