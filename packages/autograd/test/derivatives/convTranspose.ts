import type { Pair } from "@conv/core";
import { sizeOf } from "@conv/core/operators";
import fc from "fast-check";
import type { Variable } from "../../src/index.js";
import { type Case, operators, RANKS, type Rank, sampleOf } from "./case.js";
import { batchSize } from "./conv.js";
import { valuesFrom } from "./values.js";
import { spanOf, upTo, windowAxes } from "./windows.js";

/** Most entries of x, and of w. */
const MOST = 36;

/** The transposed convolution of a rank, its outputPadding below stride or dilation, its padding leaving something. */
function transposedCase(rank: Rank): Case {
  const operator = `convTranspose${rank}d` as const;
  const draw = fc
    .record({
      axes: windowAxes(rank),
      room: fc.array(fc.nat(2), { minLength: rank, maxLength: rank }),
      batch: batchSize,
      groups: upTo(1, 3),
      channels: upTo(1, 2),
      filters: upTo(1, 2),
      isBiased: fc.boolean(),
      isPadded: fc.boolean(),
      seed: fc.nat(),
    })
    .map(({ axes, room, batch, groups, channels, filters, isBiased, isPadded, seed }) => {
      const outputPadding = axes.map(({ stride, dilation }, a) => Math.min(room[a], Math.max(stride, dilation) - 1));
      const inSize = axes.map(({ extra }) => 1 + extra);
      const padding = axes.map((axis, a): Pair => {
        const most = (inSize[a] - 1) * axis.stride + spanOf(axis) + outputPadding[a] - 1;
        const before = Math.min(axis.before, most);
        return [before, Math.min(axis.after, most - before)];
      });
      const [stride, dilation] = [axes.map((axis) => axis.stride), axes.map((axis) => axis.dilation)];
      const options = { stride, dilation, outputPadding, groups, ...(isPadded ? { padding } : {}) };
      const shapes = [
        [batch, groups * channels, ...inSize],
        [groups * channels, filters, ...axes.map(({ kernel }) => kernel)],
        ...(isBiased ? [[groups * filters]] : []),
      ];
      const kinds = {
        "stride above 1": axes.some((axis, a) => axis.stride > 1 && inSize[a] > 1),
        "dilation above 1": axes.some((axis) => axis.dilation > 1 && axis.kernel > 1),
        "uneven padding": isPadded && padding.some(([before, after]) => before !== after),
        "outputPadding below the stride": axes.some(
          (axis, a) => outputPadding[a] > 0 && outputPadding[a] < axis.stride,
        ),
        "outputPadding of the stride": axes.some((axis, a) => outputPadding[a] >= axis.stride),
        groups: groups > 1 && channels > 1,
        depthwise: groups > 1 && channels === 1 && filters === 1,
        "depthwise with a multiplier": groups > 1 && channels === 1 && filters > 1,
        bias: isBiased,
        "no images": batch === 0,
      };
      return { shapes, options, seed, kinds };
    })
    .filter(({ shapes }) => shapes.every((shape) => sizeOf(shape) <= MOST))
    .map(({ shapes, options, seed, kinds }) => {
      const fn = (x: Variable, w: Variable, bias?: Variable) => operators[operator](x, w, { ...options, bias });
      return sampleOf(fn, shapes.map(valuesFrom(seed).any), options, kinds);
    });
  return { operator, rank, linear: true, draw };
}

/** Transposed convolution. */
export const convTransposeCases: readonly Case[] = RANKS.map(transposedCase);
