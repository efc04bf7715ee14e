import { maxPool1dWithIndices, maxPool2dWithIndices, maxPool3dWithIndices } from "@conv/core";
import { poolGeometry, sizeOf } from "@conv/core/operators";
import fc from "fast-check";
import type { Variable } from "../../src/index.js";
import * as ops from "../../src/index.js";
import { type Case, operators, RANKS, type Rank, sampleOf } from "./case.js";
import { valuesFrom } from "./values.js";
import { paddingOf, paddingStyle, spanOf, upTo, windowAxes, windowKinds } from "./windows.js";

/** Most entries of an input. */
const MOST = 64;

/** Poolings of images with one or two leading axes: padding up to half the window, partial windows, every option. */
const poolSizes = (rank: Rank, { isDilated }: { readonly isDilated: boolean }) =>
  fc
    .record({
      leading: fc.array(upTo(1, 2), { minLength: 1, maxLength: 2 }),
      axes: windowAxes(rank),
      style: paddingStyle,
      isTiled: fc.boolean(),
      ceilMode: fc.boolean(),
      countIncludePad: fc.boolean(),
      divisorOverride: fc.constantFrom(undefined, undefined, null, 3),
      seed: fc.nat(),
    })
    .map(({ leading, axes: drawn, style, isTiled, ceilMode, countIncludePad, divisorOverride, seed }) => {
      const axes = drawn.map((axis) => {
        const window = { ...axis, dilation: isDilated ? axis.dilation : 1 };
        const half = Math.floor(spanOf(window) / 2);
        return { ...window, before: Math.min(axis.before, half), after: Math.min(axis.after, half) };
      });
      const { padding, pairs } = paddingOf(axes, style);
      const inSize = axes.map((axis, a) => {
        const least = Math.max(axis.dilation, spanOf(axis) - pairs[a][0] - pairs[a][1]);
        return (style === "same" ? axis.dilation : least) + axis.extra;
      });
      const sizes = { padding, ceilMode, ...(isTiled ? {} : { stride: axes.map(({ stride }) => stride) }) };
      const options = isDilated
        ? { ...sizes, dilation: axes.map(({ dilation }) => dilation) }
        : { ...sizes, countIncludePad, divisorOverride };
      const kernelSize = axes.map(({ kernel }) => kernel);
      const geometry = poolGeometry("pool", rank, [...leading, ...inSize], kernelSize, options);
      const hasBorder = geometry.padding.some(([before, after]) => before + after > 0);
      const { "dilation above 1": dilated, ...kinds } = windowKinds(geometry);
      const partial = geometry.inSize.some((length, a) => {
        const [before, after] = geometry.padding[a];
        return (geometry.outSize[a] - 1) * geometry.stride[a] + spanOf(axes[a]) > before + length + after;
      });
      const averaging = {
        "padding counts": countIncludePad && divisorOverride == null && hasBorder,
        "padding does not count": !countIncludePad && divisorOverride == null && hasBorder,
        divisorOverride: divisorOverride === 3,
      };
      const more = {
        "windows that tile": isTiled,
        "padding same": style === "same" && hasBorder,
        "partial windows": partial,
        "no batch axis": leading.length === 1,
        ...(isDilated ? { "dilation above 1": dilated } : averaging),
      };
      return { geometry, kernelSize, options, seed, kinds: { ...kinds, ...more } };
    })
    .filter(({ geometry: { xShape, yShape } }) => sizeOf(xShape) <= MOST && sizeOf(yShape) <= MOST);

/** The largest of every window. */
function maxPoolCase(rank: Rank): Case {
  const operator = `maxPool${rank}d` as const;
  const draw = poolSizes(rank, { isDilated: true }).map(
    ({ geometry: { xShape }, kernelSize, options, seed, kinds }) => {
      const fn = (x: Variable) => operators[operator](x, kernelSize, options);
      return sampleOf(fn, valuesFrom(seed).spaced(xShape), { kernelSize, ...options }, kinds);
    },
  );
  return { operator, rank, draw };
}

/** The same, with the indices: those have no derivative. */
function withIndicesCase(rank: Rank): Case {
  const operator = `maxPool${rank}dWithIndices` as const;
  const draw = poolSizes(rank, { isDilated: true }).map(
    ({ geometry: { xShape }, kernelSize, options, seed, kinds }) => {
      const fn = (x: Variable) => operators[operator](x, kernelSize, options).y;
      return sampleOf(fn, valuesFrom(seed).spaced(xShape), { kernelSize, ...options }, kinds);
    },
  );
  return { operator, rank, draw };
}

/** Its adjoint at the indices of a pooling: gradients that meet in one pixel add up. */
function maxAdjointCase(rank: Rank): Case {
  const pool = [maxPool1dWithIndices, maxPool2dWithIndices, maxPool3dWithIndices][rank - 1];
  const draw = poolSizes(rank, { isDilated: true }).map(({ geometry, kernelSize, options, seed, kinds }) => {
    const { spaced, any } = valuesFrom(seed);
    const { inSize, xShape, yShape } = geometry;
    const { indices } = pool(spaced(xShape)[0], kernelSize, options);
    const fn = (gradY: Variable) => ops.maxPoolAdjoint(gradY, indices, { inSize });
    return sampleOf(fn, [any(yShape)], { inSize, indices: indices.dataSync() }, kinds);
  });
  return { operator: "maxPoolAdjoint", rank, linear: true, draw };
}

/** The mean of every window. */
function avgPoolCase(rank: Rank): Case {
  const operator = `avgPool${rank}d` as const;
  const draw = poolSizes(rank, { isDilated: false }).map(
    ({ geometry: { xShape }, kernelSize, options, seed, kinds }) => {
      const fn = (x: Variable) => operators[operator](x, kernelSize, options);
      return sampleOf(fn, [valuesFrom(seed).any(xShape)], { kernelSize, ...options }, kinds);
    },
  );
  return { operator, rank, linear: true, draw };
}

/** Its adjoint. */
function avgAdjointCase(rank: Rank): Case {
  const draw = poolSizes(rank, { isDilated: false }).map(({ geometry, kernelSize, options, seed, kinds }) => {
    const { inSize, yShape } = geometry;
    const fn = (gradY: Variable) => ops.avgPoolAdjoint(gradY, kernelSize, { ...options, inSize });
    return sampleOf(fn, [valuesFrom(seed).any(yShape)], { kernelSize, ...options, inSize }, kinds);
  });
  return { operator: "avgPoolAdjoint", rank, linear: true, draw };
}

/** The norm of every window, of positive numbers: of a rank, or of that of x. */
function lpPoolCase(rank: Rank, operator: "lpPool" | `lpPool${Rank}d`): Case {
  const draw = fc
    .record({
      normType: fc.constantFrom(0.5, 1, 1.5, 2, 3),
      batch: upTo(1, 2),
      axes: windowAxes(rank),
      isTiled: fc.boolean(),
      ceilMode: fc.boolean(),
      seed: fc.nat(),
    })
    .map(({ normType, batch, axes, isTiled, ceilMode, seed }) => {
      const kernelSize = axes.map(({ kernel }) => kernel);
      const options = isTiled ? { ceilMode } : { ceilMode, stride: axes.map(({ stride }) => stride) };
      const xShape = [batch, 1, ...axes.map(({ kernel, extra }) => kernel + extra)];
      const { inSize, outSize, stride } = poolGeometry("pool", rank, xShape, kernelSize, options);
      const ends = outSize.map((out, a) => (out - 1) * stride[a] + kernelSize[a]);
      const kinds = {
        "partial windows": ends.some((end, a) => end > inSize[a]),
        "windows that tile": isTiled,
        "norm 1": normType === 1,
        "norm 2": normType === 2,
      };
      return { xShape, normType, kernelSize, options, seed, kinds };
    })
    .filter(({ xShape }) => sizeOf(xShape) <= MOST)
    .map(({ xShape, normType, kernelSize, options, seed, kinds }) => {
      const fn = (x: Variable) => operators[operator](x, normType, kernelSize, options);
      return sampleOf(fn, [valuesFrom(seed).positive(xShape)], { normType, kernelSize, ...options }, kinds);
    });
  return { operator, rank, draw };
}

/** Poolings whose windows slide, and their adjoints. */
export const poolCases: readonly Case[] = [
  ...[maxPoolCase, withIndicesCase, maxAdjointCase, avgPoolCase, avgAdjointCase].flatMap((of) => RANKS.map(of)),
  ...RANKS.map((rank) => lpPoolCase(rank, "lpPool")),
  ...RANKS.map((rank) => lpPoolCase(rank, `lpPool${rank}d`)),
];
