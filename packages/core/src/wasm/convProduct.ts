import type { ConvGeometry } from "../conv/geometry.js";
import { sizeOf, stridesOf } from "../shape.js";
import { type Operand, type Product, transposedOperand, transposedProduct } from "./product.js";
import { grid } from "./tables.js";

/*
 * The three maps of a convolution as products of matrices that are never made: their elements are read where they are,
 * in x, w and g = gradY, through tables of offsets. Images that are padded have the zeros around them in memory.
 */

/** An image with zeros around it: its lengths, and how many zeros are before it. */
export interface Frame {
  readonly before: readonly number[];
  readonly size: readonly number[];
  /** Into how many rows, of each step-th pixel, its rows are cut: `size` says how long those are. Default 1. */
  readonly step?: number;
}

/** The sizes of a convolution in its channels and groups. */
function blocksOf({ groups, inChannels, outChannels, kernelSize, outSize }: ConvGeometry) {
  const [channels, filters, taps] = [inChannels / groups, outChannels / groups, sizeOf(kernelSize)];
  return { channels, filters, taps, patch: channels * taps, windows: sizeOf(outSize) };
}

/** What the module takes for no place at all, where a table says where to write. */
const NOWHERE = -1;

const scaled = (strides: readonly number[], by: readonly number[]) => strides.map((stride, axis) => stride * by[axis]);

/** x as the windows of a convolution need it. */
export function frameOfX({ inSize, padding, kernelSize, outSize, stride, dilation }: ConvGeometry): Frame {
  return {
    before: padding.map(([before]) => before),
    // as far as the last window reaches, which may be less than all of the image
    size: inSize.map((_, axis) => stride[axis] * (outSize[axis] - 1) + dilation[axis] * (kernelSize[axis] - 1) + 1),
  };
}

/**
 * Places of a window, or pixels, row by row, where they are read and where they are written. Rows that four do not divide are
 * filled up with places that are read but not written, if that takes no more tiles of 8: then vectors of four are neighbours.
 */
function places(counts: readonly number[], from: readonly number[], to: readonly number[], first = 0) {
  const length = counts.at(-1) ?? 1;
  const filled = [...counts.slice(0, -1), 4 * Math.ceil(length / 4)];
  const isFilled =
    counts.length > 0 && (from.at(-1) as number) <= 2 && Math.ceil(sizeOf(filled) / 8) <= Math.ceil(sizeOf(counts) / 8);
  const lengths = isFilled ? filled : counts;
  const written = grid(lengths, to, first);
  const last = lengths.at(-1) ?? 1;
  return { read: grid(lengths, from), written: written.map((place, i) => (i % last < length ? place : NOWHERE)) };
}

/** Y = W · X̂ᵀ for every image and group: [O/G, C/G·K] · [C/G·K, L]. */
export function forwardProduct(geometry: ConvGeometry, images: number, frame: Frame): Product {
  const { groups, inChannels, outChannels, kernelSize, outSize, stride, dilation } = geometry;
  const { channels, filters, patch, windows } = blocksOf(geometry);
  const plane = sizeOf(frame.size);
  const pitch = stridesOf(frame.size);
  const { read, written } = places(outSize, scaled(pitch, stride), stridesOf(outSize));
  return {
    isKept: true,
    a: {
      items: grid([images, groups], [0, filters * patch]),
      rows: grid([filters], [patch]),
      columns: grid([patch], [1]),
    },
    b: {
      items: grid([images, groups], [inChannels * plane, channels * plane]),
      rows: grid([channels, ...kernelSize], [plane, ...scaled(pitch, dilation)]),
      columns: read,
    },
    c: {
      items: grid([images, groups], [outChannels * windows, filters * windows]),
      rows: grid([filters], [windows]),
      columns: written,
    },
  };
}

/** gradW = G · X̂ for every group and part of the batch, summed over the images of the part: [O/G, L] · [L, C/G·K]. */
export function adjointWProduct(geometry: ConvGeometry, parts: number, frame: Frame): Product {
  const { batch, groups, inChannels, outChannels, kernelSize, outSize, stride, dilation } = geometry;
  const { channels, filters, patch, windows } = blocksOf(geometry);
  const plane = sizeOf(frame.size);
  const pitch = stridesOf(frame.size);
  const starts = Array.from({ length: parts + 1 }, (_, part) => Math.floor((batch * part) / parts));
  const items = (image: number, group: number) =>
    Int32Array.from(starts.slice(0, -1).flatMap((start) => [...grid([groups], [group], start * image)]));
  const product = {
    a: {
      items: items(outChannels * windows, filters * windows),
      rows: grid([filters], [windows]),
      columns: grid([windows], [1]),
    },
    b: {
      items: items(inChannels * plane, channels * plane),
      rows: grid(outSize, scaled(pitch, stride)),
      columns: grid([channels, ...kernelSize], [plane, ...scaled(pitch, dilation)]),
    },
    c: {
      items: grid([parts, groups], [outChannels * patch, filters * patch]),
      rows: grid([filters], [patch]),
      columns: grid([patch], [1]),
    },
    terms: {
      counts: Int32Array.from(starts.slice(1).flatMap((end, part) => new Array(groups).fill(end - starts[part]))),
      a: outChannels * windows,
      b: inChannels * plane,
    },
  };
  // tiles are of 4 rows and 8 columns: the way round that leaves fewer of them half empty
  const waste = (m: number, n: number) => Math.ceil(m / 4) * Math.ceil(n / 8);
  return waste(filters, patch) <= waste(patch, filters) ? product : transposedProduct(product);
}

/**
 * Pixels of x along one axis that lie alike to the stride: which taps see them, and where in gradY. With pixel
 * first + i·stride and tap number taps[j], the pixel of gradY is i + shifts[j].
 */
export interface Phase {
  readonly first: number;
  readonly count: number;
  readonly taps: readonly number[];
  readonly shifts: readonly number[];
}

/** The phases of every axis. */
export function phasesOf({ inSize, kernelSize, stride, dilation, padding }: ConvGeometry): readonly Phase[][] {
  return inSize.map((length, axis) => {
    const [step, before] = [stride[axis], padding[axis][0]];
    return Array.from({ length: Math.min(step, length) }, (_, first) => {
      const seen = Array.from({ length: kernelSize[axis] }, (_, tap) => [
        tap,
        (first + before - tap * dilation[axis]) / step,
      ])
        .filter(([, shift]) => Number.isInteger(shift))
        .sort(([, a], [, b]) => a - b);
      return {
        first,
        count: Math.ceil((length - first) / step),
        taps: seen.map(([tap]) => tap),
        shifts: seen.map(([, shift]) => shift),
      };
    });
  });
}

/** gradY as all phases need it: with zeros where they look beyond it, without what none of them sees. */
export function frameOfGradY(phases: readonly Phase[][]): Frame {
  const reach = phases.map((axis) => {
    const seen = axis.filter(({ taps }) => taps.length > 0);
    if (seen.length === 0) return { low: 0, length: 1 };
    const low = Math.min(...seen.map(({ shifts }) => shifts[0]));
    const high = Math.max(...seen.map(({ shifts, count }) => (shifts.at(-1) as number) + count - 1));
    return { low, length: high - low + 1 };
  });
  return { before: reach.map(({ low }) => -low), size: reach.map(({ length }) => length) };
}

/** gradX = Wᵀ · G for the pixels of one phase of each axis: [C/G, O/G·K'] · [O/G·K', pixels], K' the taps that see them. */
export function adjointXProduct(
  geometry: ConvGeometry,
  phase: readonly Phase[],
  images: number,
  frame: Frame,
): Product {
  const { groups, inChannels, outChannels, inSize, kernelSize, stride } = geometry;
  const { channels, filters, taps, patch } = blocksOf(geometry);
  const [plane, pixels] = [sizeOf(frame.size), sizeOf(inSize)];
  const [pitch, tapPitch, xPitch] = [stridesOf(frame.size), stridesOf(kernelSize), stridesOf(inSize)];
  const counts = phase.map(({ count }) => count);
  const offset = phase.reduce((sum, { first }, axis) => sum + first * xPitch[axis], 0);
  const { read, written } = places(counts, pitch, scaled(xPitch, stride), offset);
  return {
    isKept: true,
    a: {
      items: grid([images, groups], [0, filters * patch]),
      rows: grid([channels], [taps]),
      columns: sums(
        grid([filters], [patch]),
        phase.map((axis) => axis.taps),
        tapPitch,
      ),
    },
    b: {
      items: grid([images, groups], [outChannels * plane, filters * plane]),
      rows: sums(
        grid([filters], [plane]),
        phase.map(({ shifts }, axis) => shifts.map((shift) => shift + frame.before[axis])),
        pitch,
      ),
      columns: read,
    },
    c: {
      items: grid([images, groups], [inChannels * pixels, channels * pixels]),
      rows: grid([channels], [pixels]),
      columns: written,
    },
  };
}

/** All sums of a number of the first table and of one of every list, times the list's stride. */
export function sums(table: Int32Array, lists: readonly (readonly number[])[], strides: readonly number[]): Int32Array {
  return lists.reduce(
    (points, list, axis) =>
      Int32Array.from(Array.from(points).flatMap((point) => list.map((value) => point + value * strides[axis]))),
    table,
  );
}

/*
 * Where every image is one pixel under one tap, as in a linear layer, images are the rows of one product for each group:
 * Y = X Wᵀ, gradX = G W, gradW = Gᵀ X.
 */

/** The three matrices of a convolution of points: x and y with a row for each image, w with one for each filter. */
function points({ batch, groups, inChannels, outChannels }: ConvGeometry) {
  const [channels, filters] = [inChannels / groups, outChannels / groups];
  const stack = (rows: number, columns: number, rowStride: number, item: number): Operand => ({
    items: grid([groups], [item]),
    rows: grid([rows], [rowStride]),
    columns: grid([columns], [1]),
  });
  return {
    x: stack(batch, channels, inChannels, channels),
    w: stack(filters, channels, channels, filters * channels),
    y: stack(batch, filters, outChannels, filters),
  };
}

/** Y = X Wᵀ: A is x, B is w. */
export function pointForward(geometry: ConvGeometry): Product {
  const { x, w, y } = points(geometry);
  return { a: x, b: transposedOperand(w), c: y };
}

/** gradX = G W: A is gradY, B is w. */
export function pointAdjointX(geometry: ConvGeometry): Product {
  const { x, w, y } = points(geometry);
  return { a: y, b: w, c: x };
}

/** gradW = Gᵀ X: A is gradY, B is x. */
export function pointAdjointW(geometry: ConvGeometry): Product {
  const { x, w, y } = points(geometry);
  return { a: transposedOperand(y), b: x, c: w };
}

/** Numbers for each of three axes, of which the first may be missing. */
export const inSpace = (given: readonly number[], missing: number) => [
  ...new Array(3 - given.length).fill(missing),
  ...given,
];

/** All choices of one phase for every axis. */
export function combinations(phases: readonly (readonly Phase[])[]): readonly (readonly Phase[])[] {
  return phases.reduce<readonly (readonly Phase[])[]>(
    (chosen, axis) => chosen.flatMap((before) => axis.map((phase) => [...before, phase])),
    [[]],
  );
}

/** What sizes a convolution has, as a text. */
export function keyOf({ xShape, wShape, stride, dilation, padding, groups }: ConvGeometry): string {
  return [xShape, wShape, stride, dilation, padding, groups].join(" ");
}
