import { convGeometry, type PadMode, type Pair } from "@conv/core";
import { sizeOf } from "@conv/core/operators";
import fc from "fast-check";
import type { Variable } from "../../src/index.js";
import * as ops from "../../src/index.js";
import { type Case, RANKS, type Rank, sampleOf } from "./case.js";
import { valuesFrom } from "./values.js";
import { paddingOf, paddingStyle, spanOf, upTo, windowAxes, windowKinds } from "./windows.js";

const MODES: readonly PadMode[] = ["zeros", "constant", "circular", "reflect", "replicate", "mean"];

/** Most entries of an input. */
const MOST = 64;

/** Borders of `rank` axes after none, one or two others; long ones, that wrap around more than once. */
const padSizes = (rank: Rank, mode: PadMode) =>
  fc
    .record({
      leading: fc.array(upTo(1, 2), { maxLength: 2 }),
      axes: fc.array(fc.record({ before: upTo(0, 4), after: upTo(0, 4), extra: upTo(0, 2), isEven: fc.boolean() }), {
        minLength: rank,
        maxLength: rank,
      }),
      seed: fc.nat(),
    })
    .map(({ leading, axes, seed }) => {
      const pairs = axes.map(({ before, after, isEven }): Pair => [before, isEven ? before : after]);
      const padding = pairs.map(([before, after], a) => (axes[a].isEven ? before : ([before, after] as const)));
      const inSize = axes.map(({ extra }, a) => extra + (mode === "reflect" ? Math.max(...pairs[a]) + 1 : 1));
      const outSize = inSize.map((length, a) => length + pairs[a][0] + pairs[a][1]);
      const hasBorder = pairs.some(([before, after]) => before + after > 0);
      const kinds = {
        [`mode ${mode} of rank ${rank}`]: hasBorder,
        "uneven padding": pairs.some(([before, after]) => before !== after),
        ...(mode === "circular" ? { "more than once around": pairs.some((p, a) => Math.max(...p) > inSize[a]) } : {}),
        "no leading axes": leading.length === 0,
      };
      const options = mode === "constant" ? { mode, value: 3 } : { mode };
      return {
        xShape: [...leading, ...inSize],
        yShape: [...leading, ...outSize],
        inSize,
        padding,
        options,
        seed,
        kinds,
      };
    })
    .filter(({ yShape }) => sizeOf(yShape) <= MOST);

/** What cases have in common that differ in the mode: each mode has its share of geometries. */
const sharedBy = (mode: PadMode) => ({ note: `mode ${mode}`, runs: 4 });

/** A border around the last axes. */
function padCase(rank: Rank, mode: PadMode): Case {
  const draw = padSizes(rank, mode).map(({ xShape, padding, options, seed, kinds }) => {
    const fn = (x: Variable) => ops.pad(x, padding, options);
    return sampleOf(fn, [valuesFrom(seed).any(xShape)], { padding, ...options }, kinds);
  });
  return { operator: "pad", rank, ...sharedBy(mode), linear: true, draw };
}

/** Its adjoint. */
function padAdjointCase(rank: Rank, mode: PadMode): Case {
  const draw = padSizes(rank, mode).map(({ yShape, inSize, padding, options, seed, kinds }) => {
    const fn = (gradY: Variable) => ops.padAdjoint(gradY, padding, { ...options, inSize });
    return sampleOf(fn, [valuesFrom(seed).any(yShape)], { padding, ...options, inSize }, kinds);
  });
  return { operator: "padAdjoint", rank, ...sharedBy(mode), linear: true, draw };
}

/** Windows over a batch of images. */
const patchSizes = (rank: Rank) =>
  fc
    .record({
      axes: windowAxes(rank),
      style: paddingStyle,
      batch: upTo(1, 2),
      channels: upTo(1, 2),
      seed: fc.nat(),
    })
    .map(({ axes, style, batch, channels, seed }) => {
      const { padding, pairs } = paddingOf(axes, style);
      const inSize = axes.map((axis, a) => Math.max(1, spanOf(axis) - pairs[a][0] - pairs[a][1]) + axis.extra);
      const kernelSize = axes.map(({ kernel }) => kernel);
      const [stride, dilation] = [axes.map((axis) => axis.stride), axes.map((axis) => axis.dilation)];
      const xShape = [batch, channels, ...inSize];
      const sizes = { stride, dilation, padding };
      const geometry = convGeometry(xShape, [1, channels, ...kernelSize], sizes);
      const columns = [batch, channels * sizeOf(kernelSize), sizeOf(geometry.outSize)];
      return { xShape, columns, inSize, options: { ...sizes, kernelSize }, seed, kinds: windowKinds(geometry) };
    })
    .filter(({ xShape, columns }) => sizeOf(xShape) <= MOST && sizeOf(columns) <= MOST);

/** Patches as columns. */
function im2colCase(rank: Rank): Case {
  const draw = patchSizes(rank).map(({ xShape, options, seed, kinds }) => {
    const fn = (x: Variable) => ops.im2col(x, options);
    return sampleOf(fn, [valuesFrom(seed).any(xShape)], options, kinds);
  });
  return { operator: "im2col", rank, linear: true, draw };
}

/** Its adjoint. */
function col2imCase(rank: Rank): Case {
  const draw = patchSizes(rank).map(({ columns, inSize, options, seed, kinds }) => {
    const fn = (x: Variable) => ops.col2im(x, { ...options, inSize });
    return sampleOf(fn, [valuesFrom(seed).any(columns)], { ...options, inSize }, kinds);
  });
  return { operator: "col2im", rank, linear: true, draw };
}

/** Borders and patches, and their adjoints. */
export const borderCases: readonly Case[] = [
  ...[padCase, padAdjointCase].flatMap((of) => RANKS.flatMap((rank) => MODES.map((mode) => of(rank, mode)))),
  ...[im2colCase, col2imCase].flatMap((of) => RANKS.map(of)),
];
