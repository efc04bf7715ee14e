import { type ConvSizeOptions, convGeometry, type PaddingMode } from "@conv/core";
import { sizeOf } from "@conv/core/operators";
import fc from "fast-check";
import type { Variable } from "../../src/index.js";
import * as ops from "../../src/index.js";
import { type Case, operators, RANKS, type Rank, sampleOf } from "./case.js";
import { valuesFrom } from "./values.js";
import { paddingOf, paddingStyle, spanOf, upTo, windowAxes, windowKinds } from "./windows.js";

const MODES: readonly PaddingMode[] = ["zeros", "circular", "reflect", "replicate", "mean"];

/** Most entries of x, and of w: a central difference costs two evaluations for each of them. */
const MOST = 48;

/** A batch of one or two images, rarely of none. */
export const batchSize = fc.oneof({ weight: 1, arbitrary: fc.constant(0) }, { weight: 12, arbitrary: upTo(1, 2) });

/** Convolutions with everything unequal: padding of every kind, groups, depthwise, with a multiplier or not. */
const convSizes = (rank: Rank, paddingMode: PaddingMode) =>
  fc
    .record({
      axes: windowAxes(rank),
      style: paddingStyle,
      batch: batchSize,
      groups: upTo(1, 3),
      channels: upTo(1, 2),
      filters: upTo(1, 2),
      isBiased: fc.boolean(),
      seed: fc.nat(),
    })
    .map(({ axes, style, batch, groups, channels, filters, isBiased, seed }) => {
      const { padding, pairs } = paddingOf(axes, style);
      const isReflecting = paddingMode === "reflect";
      const inSize = axes.map((axis, a) => {
        const [before, after] = pairs[a];
        if (style === "same" && !isReflecting) return 1 + axis.extra;
        const reach = isReflecting ? Math.max(before, after) + 1 : 1;
        return Math.max(spanOf(axis) - before - after, reach) + axis.extra;
      });
      const options: ConvSizeOptions = {
        stride: axes.map(({ stride }) => stride),
        dilation: axes.map(({ dilation }) => dilation),
        padding,
        paddingMode,
        groups,
      };
      const xShape = [batch, groups * channels, ...inSize];
      const wShape = [groups * filters, channels, ...axes.map(({ kernel }) => kernel)];
      const geometry = convGeometry(xShape, wShape, options);
      const hasBorder = geometry.padding.some(([before, after]) => before + after > 0);
      const kinds = {
        ...windowKinds(geometry),
        groups: groups > 1 && channels > 1,
        depthwise: groups > 1 && channels === 1 && filters === 1,
        "depthwise with a multiplier": groups > 1 && channels === 1 && filters > 1,
        [`${paddingMode} padding of rank ${rank}`]: hasBorder,
        "padding same": style === "same" && hasBorder,
        "padding valid": style === "valid",
      };
      return { geometry, options, isBiased, seed, kinds };
    })
    .filter(({ geometry: { xShape, wShape, yShape } }) => [xShape, wShape, yShape].every((s) => sizeOf(s) <= MOST));

/** What cases have in common that differ in the padding mode: each mode has its share of geometries. */
const sharedBy = (mode: PaddingMode) => ({ note: `${mode} padding`, runs: 4 });

/** The convolution of a rank, with and without a bias. */
function convCase(rank: Rank, mode: PaddingMode): Case {
  const operator = `conv${rank}d` as const;
  const draw = convSizes(rank, mode).map(({ geometry: { xShape, wShape }, options, isBiased, seed, kinds }) => {
    const { any } = valuesFrom(seed);
    const bias = isBiased ? [any([wShape[0]])] : [];
    const fn = (x: Variable, w: Variable, b?: Variable) => operators[operator](x, w, { ...options, bias: b });
    const more = { bias: isBiased, "no images": xShape[0] === 0 };
    return sampleOf(fn, [any(xShape), any(wShape), ...bias], options, { ...kinds, ...more });
  });
  return { operator, rank, ...sharedBy(mode), linear: true, draw };
}

/** Its adjoint in x. */
function adjointXCase(rank: Rank, mode: PaddingMode): Case {
  const draw = convSizes(rank, mode).map(({ geometry: { inSize, yShape, wShape }, options, seed, kinds }) => {
    const { any } = valuesFrom(seed);
    const fn = (gradY: Variable, w: Variable) => ops.convAdjointX(gradY, w, { ...options, inSize });
    return sampleOf(fn, [any(yShape), any(wShape)], { ...options, inSize }, kinds);
  });
  return { operator: "convAdjointX", rank, ...sharedBy(mode), linear: true, draw };
}

/** Its adjoint in w. */
function adjointWCase(rank: Rank, mode: PaddingMode): Case {
  const draw = convSizes(rank, mode).map(({ geometry: { kernelSize, xShape, yShape }, options, seed, kinds }) => {
    const { any } = valuesFrom(seed);
    const fn = (x: Variable, gradY: Variable) => ops.convAdjointW(x, gradY, { ...options, kernelSize });
    return sampleOf(fn, [any(xShape), any(yShape)], { ...options, kernelSize }, kinds);
  });
  return { operator: "convAdjointW", rank, ...sharedBy(mode), linear: true, draw };
}

/** The convolution as a matrix. */
function matrixCase(rank: Rank, mode: PaddingMode): Case {
  const draw = convSizes(rank, mode).map(({ geometry: { inSize, wShape }, options, seed, kinds }) => {
    const fn = (w: Variable) => ops.convMatrix(w, { ...options, inSize });
    return sampleOf(fn, [valuesFrom(seed).any(wShape)], { ...options, inSize }, kinds);
  });
  return { operator: "convMatrix", rank, ...sharedBy(mode), linear: true, draw };
}

/** Convolution, its adjoints, and its matrix. */
export const convCases: readonly Case[] = [convCase, adjointXCase, adjointWCase, matrixCase].flatMap((of) =>
  RANKS.flatMap((rank) => MODES.map((mode) => of(rank, mode))),
);
