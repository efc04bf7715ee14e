import { windowAxes } from "../conv/window.js";
import { tensor } from "../create.js";
import { adaptivePoolGeometry } from "../pool/adaptiveGeometry.js";
import { type AvgPoolOptions, type MaxPoolOptions, pickGeometry, poolGeometry } from "../pool/geometry.js";
import { largestOf } from "../pool/maxPool.js";
import type { Shape } from "../shape.js";
import type { KernelCases } from "./kernelCase.js";
import { sample, ties } from "./samples.js";

type PoolRow = readonly [name: string, rank: number, xShape: Shape, kernel: number | readonly number[]];

const pooled = (rows: readonly (readonly [...PoolRow, (MaxPoolOptions & AvgPoolOptions)?])[]) =>
  rows.map(([name, rank, xShape, kernel, options]) => {
    const geometry = poolGeometry("conformance", rank, xShape, kernel, options);
    return { name, xShape, geometry };
  });
const anyPool = pooled([
  ["2×2", 2, [2, 3, 6, 5], 2],
  ["3×3, stride 2, padding 1", 2, [2, 3, 7, 6], 3, { stride: 2, padding: 1 }],
  ["unequal windows", 2, [1, 2, 5, 7], [2, 3], { stride: [1, 2], padding: [1, [0, 1]] }],
  ["ceilMode", 2, [1, 2, 6, 7], 3, { stride: 2, ceilMode: true, padding: 1 }],
  ["one window", 2, [2, 3, 4, 4], 4],
  ["a signal", 1, [2, 3, 9], 3, { stride: 2 }],
  ["a volume", 3, [1, 2, 4, 3, 4], 2, { stride: [2, 1, 2] }],
  ["a batch of 0", 2, [0, 3, 4, 4], 2],
]);
const maxPools = [...anyPool, ...pooled([["dilation 2", 2, [1, 2, 7, 6], 3, { dilation: 2, stride: 1, padding: 2 }]])];
const avgPools = [
  ...anyPool,
  ...pooled([
    ["padding not counted", 2, [1, 2, 6, 7], 3, { stride: 2, padding: 1, countIncludePad: false, ceilMode: true }],
    ["divisorOverride", 2, [1, 2, 5, 6], 3, { stride: 1, divisorOverride: 5 }],
  ]),
];
const adaptivePools = (
  [
    ["uneven windows", 2, [2, 3, 7, 5], [3, 2]],
    ["more windows than pixels", 2, [1, 2, 3, 4], [5, 6]],
    ["one window", 2, [2, 3, 4, 5], 1],
    ["a signal", 1, [2, 3, 7], 4],
    ["a volume", 3, [1, 2, 4, 3, 5], [3, 2, 2]],
  ] as const
).map(([name, rank, xShape, size]) => ({
  name,
  xShape,
  geometry: adaptivePoolGeometry("conformance", rank, xShape, size),
}));
const nan = { name: "NaN", args: [tensor([1, Number.NaN, 0, 2], [1, 1, 4]), poolGeometry("conformance", 1, [1, 1, 4], 2)] } as const; // biome-ignore format: one case

/** What gathers the pixels of a max pooling: indices within their windows, which the geometry names. */
export const pickings = maxPools.map(({ name, xShape, geometry }) => ({
  name: `the pixels of a max pooling, ${name}`,
  shape: xShape,
  index: largestOf(ties(...xShape), geometry, windowAxes(geometry)),
  geometry: pickGeometry(geometry),
}));

/** Cases for pooling. */
export const poolKernelCases: KernelCases<
  | "maxPoolIndices"
  | "avgPool"
  | "avgPoolAdjoint"
  | "adaptiveMaxPoolIndices"
  | "adaptiveAvgPool"
  | "adaptiveAvgPoolAdjoint"
> = {
  maxPoolIndices: [...maxPools.map(({ name, xShape, geometry }) => ({ name, args: [ties(...xShape), geometry] as const })), nan], // biome-ignore format: one line
  avgPool: avgPools.map(({ name, xShape, geometry }) => ({ name, args: [sample(...xShape), geometry] })),
  avgPoolAdjoint: avgPools.map(({ name, geometry }) => ({ name, args: [sample(...geometry.yShape), geometry] })),
  adaptiveMaxPoolIndices: adaptivePools.map(({ name, xShape, geometry }) => ({
    name,
    args: [ties(...xShape), geometry],
  })),
  adaptiveAvgPool: adaptivePools.map(({ name, xShape, geometry }) => ({ name, args: [sample(...xShape), geometry] })),
  adaptiveAvgPoolAdjoint: adaptivePools.map(({ name, geometry }) => ({
    name,
    args: [sample(...geometry.yShape), geometry],
  })),
};
