import type { ConvGeometry } from "../conv/geometry.js";
import type { Tensor } from "../tensor.js";
import type { Frame } from "./convProduct.js";
import { preparedFrom } from "./prepared.js";
import type { Epilogue } from "./product.js";
import { run } from "./run.js";
import { grid, planned } from "./tables.js";
import type { Workspace } from "./workspace.js";

/** Channels and filters, at least: with fewer, transforming costs more than it saves. */
const CHANNELS = 16;
/** Tiles of 4 × 4 pixels, at least. */
const TILES = 16;
/** Tiles of a block. */
const BLOCK = 32;
/** How many blocks there shall be: rows are cut where there are too few of tiles, though each part transforms them anew. */
const BLOCKS = 4;
/** Rows of a block, at least. */
const BLOCK_ROWS = 64;

/** Bytes between the 36 places of a transform, at most, beside their contents. */
const APART = 128;

/** Pixels along the side of a tile of the result. */
const SIDE = 4;

/** Where it pays to convolve by Winograd's algorithm. */
export function isWinograd({
  batch,
  groups,
  inChannels,
  outChannels,
  kernelSize,
  stride,
  dilation,
  outSize,
}: ConvGeometry) {
  const isThree = kernelSize.length === 2 && kernelSize.every((length) => length === 3);
  const isPlain = groups === 1 && [...stride, ...dilation].every((step) => step === 1);
  const tiles = outSize.reduce((product, length) => product * Math.ceil(length / SIDE), batch);
  return isThree && isPlain && inChannels >= CHANNELS && outChannels >= CHANNELS && tiles >= TILES;
}

/** Where it pays for the gradient of the filters too. */
export function isWinogradAdjointW(geometry: ConvGeometry): boolean {
  return isWinograd(geometry);
}

/** An image of whole tiles, of which a result of this size is made, and what its first one needs before it. */
export function tiledFrame(outSize: readonly number[], before: readonly number[]): Frame {
  return { before, size: outSize.map((length) => SIDE * Math.ceil(length / SIDE) + 2) };
}

/** A convolution of 3 × 3 taps as Winograd's algorithm sees it: `depth` channels become `rows` ones. */
export interface WinogradSizes {
  readonly images: number;
  readonly rows: number;
  readonly depth: number;
  readonly outSize: readonly number[];
  /** How far apart in w the filters of rows and of channels are. */
  readonly rowStep: number;
  readonly depthStep: number;
  /** Whether the taps are to be turned around: for the adjoint. */
  readonly isFlipped: boolean;
}

/** Where the tiles of a batch are: in padded images and in the result; and how much of each is within the result. */
function tilesOf({ images, rows, depth, outSize }: WinogradSizes) {
  const [height, width] = outSize;
  const counts = outSize.map((length) => Math.ceil(length / SIDE));
  const [lines, pitch] = counts.map((count) => SIDE * count + 2);
  const parts = outSize.map((length, axis) =>
    Int32Array.from({ length: counts[axis] }, (_, tile) => Math.min(SIDE, length - SIDE * tile)),
  );
  const plan = {
    pitch,
    plane: lines * pitch,
    starts: grid([images, ...counts], [depth * lines * pitch, SIDE * pitch, SIDE]),
    targets: grid([images, ...counts], [rows * height * width, SIDE * width, SIDE]),
    extents: Int32Array.from({ length: images * counts[0] * counts[1] }, (_, t) => {
      return 8 * parts[0][Math.floor(t / counts[1]) % counts[0]] + parts[1][t % counts[1]];
    }),
  };
  return { plan, tables: [plan.starts, plan.targets, plan.extents] };
}

/** Convolves padded images, at `images`, into `y`. */
export function winograd(
  workspace: Workspace,
  key: string,
  sizes: WinogradSizes,
  { w, images, y }: { readonly w: Tensor; readonly images: number; readonly y: number },
  { bias = 0, isRectified = false }: Epilogue = {},
): void {
  const { rows, depth, outSize } = sizes;
  const { plan, at } = planned(workspace, `winograd ${key}`, () => tilesOf(sizes));
  const count = plan.starts.length;
  const [height, width] = outSize;
  const blockTiles = BLOCK;
  const across = Math.ceil(count / blockTiles);
  const cuts = Math.max(1, Math.min(Math.floor(rows / BLOCK_ROWS), Math.ceil(BLOCKS / across)));
  const blockRows = 4 * Math.ceil(rows / 4 / cuts);
  const chunks = Math.min(512, across * Math.ceil(rows / blockRows));
  run(
    workspace,
    "winograd",
    [
      ...[images, transformed(workspace, sizes, w), y, rows, depth],
      ...[4 * plan.plane, 4 * plan.pitch, 4 * height * width, 4 * width],
      ...[count, at(plan.starts), at(plan.targets), at(plan.extents)],
      ...[blockTiles, blockRows, bias, Number(isRectified), chunks],
    ],
    { chunks, scratch: 1024 + 36 * (4 * BLOCK * (depth + blockRows) + 2 * APART), cost: (36 * count * rows * depth) / 18 },
  );
}

/** U = G g Gᵀ, the filters transformed. */
function transformed(workspace: Workspace, sizes: WinogradSizes, w: Tensor): number {
  const { rows, depth, rowStep, depthStep, isFlipped } = sizes;
  const panels = Math.ceil(rows / 4);
  const chunks = Math.min(16, panels);
  return preparedFrom(workspace, w, `winograd ${rows} ${isFlipped}`, 36 * (4 * 4 * panels * depth + APART), (u) => {
    const words = [workspace.read(w), u, rows, depth, 4 * rowStep, 4 * depthStep, Number(isFlipped), chunks];
    run(workspace, "winogradFilters", words, { chunks, scratch: 512, cost: rows * depth * 40 });
  });
}

/** Bytes that a block of transformed tiles may take: they stay in the second cache. */
const BLOCK_BYTES = 768 * 1024;
/** Bytes that the sums of all parts of the tiles may take. */
const SUM_BYTES = 2 ** 25;

/** gradW of padded images and padded gradients. */
export function winogradAdjointW(
  workspace: Workspace,
  key: string,
  sizes: Pick<WinogradSizes, "images" | "rows" | "depth" | "outSize">,
  { images, gradY, gradW }: { readonly images: number; readonly gradY: number; readonly gradW: number },
): void {
  const { rows, depth, outSize } = sizes;
  const counts = outSize.map((length) => Math.ceil(length / SIDE));
  const [lines, pitch] = counts.map((count) => SIDE * count + 2);
  const { plan, at } = planned(workspace, `winogradAdjointW ${key}`, () => {
    const starts = grid([sizes.images, ...counts], [depth * lines * pitch, SIDE * pitch, SIDE]);
    const gradients = grid(
      [sizes.images, ...counts],
      [rows * SIDE ** 2 * counts[0] * counts[1], SIDE ** 2 * counts[1], SIDE],
    );
    return { plan: { starts, gradients }, tables: [starts, gradients] };
  });
  const count = plan.starts.length;
  const [rowPanels, columnPanels] = [Math.ceil(rows / 4), Math.ceil(depth / 8)];
  const sumBytes = 36 * 128 * rowPanels * columnPanels;
  const parts = Math.max(1, Math.min(16, Math.floor(count / 32), Math.floor(SUM_BYTES / sumBytes)));
  const blockRows = 4 * Math.ceil(rowPanels / Math.max(1, Math.min(Math.floor(rows / 32), Math.floor(16 / parts))));
  const perTile = 36 * 4 * (blockRows + 8 * columnPanels);
  const blockTiles = Math.max(8, Math.min(64, Math.floor(BLOCK_BYTES / perTile)));
  const chunks = parts * Math.ceil(rows / blockRows);
  const sums = workspace.take(parts * sumBytes);
  run(
    workspace,
    "winogradAdjointW",
    [
      ...[images, gradY, sums, rows, depth],
      ...[4 * lines * pitch, 4 * pitch, 4 * SIDE ** 2 * counts[0] * counts[1], 4 * SIDE * counts[1]],
      ...[count, at(plan.starts), at(plan.gradients), parts, blockTiles, blockRows, chunks],
    ],
    { chunks, scratch: 1024 + perTile * blockTiles + 36 * 2 * APART, cost: (36 * count * rows * depth) / 18 },
  );
  const gathers = Math.min(16, rows);
  run(workspace, "winogradGradients", [sums, gradW, rows, depth, parts, gathers], {
    chunks: gathers,
    scratch: 512,
    cost: (rows * depth * (36 * parts + 36)) / 8,
  });
}
