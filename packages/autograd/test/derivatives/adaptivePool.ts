import type { OutputSize } from "@conv/core";
import { sizeOf } from "@conv/core/operators";
import fc from "fast-check";
import type { Variable } from "../../src/index.js";
import * as ops from "../../src/index.js";
import { type Case, operators, RANKS, type Rank, sampleOf } from "./case.js";
import { valuesFrom } from "./values.js";
import { upTo } from "./windows.js";

/** Most entries of an input. */
const MOST = 48;

/** Images with one or two leading axes, and the sizes they are pooled to: a number, one each, or null. */
const adaptiveSizes = (rank: Rank) =>
  fc
    .record({
      leading: fc.array(upTo(1, 2), { minLength: 1, maxLength: 2 }),
      axes: fc.array(fc.record({ length: upTo(1, 7 - rank), out: upTo(1, 4), isKept: fc.boolean() }), {
        minLength: rank,
        maxLength: rank,
      }),
      isOneNumber: fc.boolean(),
      seed: fc.nat(),
    })
    .map(({ leading, axes, isOneNumber, seed }) => {
      const inSize = axes.map(({ length }) => length);
      const outSize = axes.map(({ length, out, isKept }) => (isOneNumber ? axes[0].out : isKept ? length : out));
      const each = axes.map(({ out, isKept }) => (isKept ? null : out));
      const outputSize: OutputSize = isOneNumber ? axes[0].out : each;
      const kinds = {
        "windows of one size": inSize.every((length, a) => length % outSize[a] === 0 && outSize[a] < length),
        "windows of two sizes": inSize.some((length, a) => length % outSize[a] !== 0 && outSize[a] < length),
        "more windows than pixels": inSize.some((length, a) => outSize[a] > length),
        "one number": isOneNumber,
        "a kept axis": !isOneNumber && each.includes(null),
        "no batch axis": leading.length === 1,
      };
      return { xShape: [...leading, ...inSize], yShape: [...leading, ...outSize], inSize, outputSize, seed, kinds };
    })
    .filter(({ xShape, yShape }) => sizeOf(xShape) <= MOST && sizeOf(yShape) <= MOST);

/** The means of windows that cover an image. */
function avgCase(rank: Rank): Case {
  const operator = `adaptiveAvgPool${rank}d` as const;
  const draw = adaptiveSizes(rank).map(({ xShape, outputSize, seed, kinds }) => {
    const fn = (x: Variable) => operators[operator](x, outputSize);
    return sampleOf(fn, [valuesFrom(seed).any(xShape)], { outputSize }, kinds);
  });
  return { operator, rank, linear: true, draw };
}

/** Their adjoint. */
function avgAdjointCase(rank: Rank): Case {
  const draw = adaptiveSizes(rank).map(({ yShape, inSize, seed, kinds }) => {
    const fn = (gradY: Variable) => ops.adaptiveAvgPoolAdjoint(gradY, { inSize });
    return sampleOf(fn, [valuesFrom(seed).any(yShape)], { inSize }, kinds);
  });
  return { operator: "adaptiveAvgPoolAdjoint", rank, linear: true, draw };
}

/** The largest pixels of such windows. */
function maxCase(rank: Rank): Case {
  const operator = `adaptiveMaxPool${rank}d` as const;
  const draw = adaptiveSizes(rank).map(({ xShape, outputSize, seed, kinds }) => {
    const fn = (x: Variable) => operators[operator](x, outputSize);
    return sampleOf(fn, valuesFrom(seed).spaced(xShape), { outputSize }, kinds);
  });
  return { operator, rank, draw };
}

/** The same, with the indices: those have no derivative. */
function withIndicesCase(rank: Rank): Case {
  const operator = `adaptiveMaxPool${rank}dWithIndices` as const;
  const draw = adaptiveSizes(rank).map(({ xShape, outputSize, seed, kinds }) => {
    const fn = (x: Variable) => operators[operator](x, outputSize).y;
    return sampleOf(fn, valuesFrom(seed).spaced(xShape), { outputSize }, kinds);
  });
  return { operator, rank, draw };
}

/** Batches of images to pool down to one pixel. */
const globalSizes = (rank: Rank) =>
  fc
    .record({ batch: upTo(1, 2), channels: upTo(1, 3), seed: fc.nat() })
    .chain(({ batch, channels, seed }) =>
      fc
        .array(upTo(1, 3), { minLength: rank, maxLength: rank })
        .map((inSize) => ({ xShape: [batch, channels, ...inSize], seed })),
    )
    .filter(({ xShape }) => sizeOf(xShape) <= MOST);

/** The mean of every image. */
function globalAvgCase(rank: Rank): Case {
  const draw = globalSizes(rank).map(({ xShape, seed }) =>
    sampleOf((x) => ops.globalAvgPool(x), [valuesFrom(seed).any(xShape)], {}),
  );
  return { operator: "globalAvgPool", rank, linear: true, draw };
}

/** The largest pixel of every image. */
function globalMaxCase(rank: Rank): Case {
  const draw = globalSizes(rank).map(({ xShape, seed }) =>
    sampleOf((x) => ops.globalMaxPool(x), valuesFrom(seed).spaced(xShape), {}),
  );
  return { operator: "globalMaxPool", rank, draw };
}

/** Poolings that give an image of a size, and of one pixel. */
export const adaptivePoolCases: readonly Case[] = [
  avgCase,
  avgAdjointCase,
  maxCase,
  withIndicesCase,
  globalAvgCase,
  globalMaxCase,
].flatMap((of) => RANKS.map(of));
