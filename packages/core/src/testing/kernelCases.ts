import { tensor, zeros } from "../create.js";
import type { Kernels } from "../device/kernels.js";
import { interpolateGeometry } from "../interpolate/interpolateGeometry.js";
import { resampleGeometry, resampleTransposed } from "../interpolate/resampleGeometry.js";
import { concatGeometry } from "../maps/concatGeometry.js";
import { gatherGeometry } from "../maps/gatherGeometry.js";
import { matmulGeometry } from "../maps/matmulGeometry.js";
import { reduceGeometry } from "../maps/reduceGeometry.js";
import {
  broadcastGeometry,
  flipGeometry,
  permuteGeometry,
  type StridedGeometry,
  sliceGeometry,
} from "../maps/stridedGeometry.js";
import type { Tensor } from "../tensor.js";
import { convKernelCases } from "./convKernelCases.js";
import type { KernelCase, KernelCases } from "./kernelCase.js";
import { pickings, poolKernelCases } from "./poolKernelCases.js";
import { indices, positive, sample, ties } from "./samples.js";

// elementwise

const RANGE = tensor([-100, -20, -5, -1.5, -1, -0.25, -1e-3, 0, 1e-3, 0.25, 1, 1.5, 5, 20, 80]);

type PairKernel = Kernels<Tensor>["add"];
type UnaryKernel = Kernels<Tensor>["neg"];

const pairs = (of: (...shape: number[]) => Tensor): KernelCase<PairKernel>[] => [
  { name: "one shape", args: [of(3, 4), of(3, 4)] },
  { name: "a scalar", args: [of(), of(2, 3)] },
  { name: "a row and a column", args: [of(1, 4), of(3, 1)] },
  { name: "a number for each channel", args: [of(2, 3, 4, 5), of(3, 1, 1)] },
  { name: "unequal ranks", args: [of(4, 1), of(2, 1, 3, 1, 5)] },
  { name: "no elements", args: [of(0, 3), of(1, 3)] },
];
const each = (x: Tensor = RANGE): KernelCase<UnaryKernel>[] => [
  { name: "a range of numbers", args: [x] },
  { name: "an image", args: [positive(2, 3, 5, 7)] },
  { name: "a scalar", args: [positive()] },
  { name: "no elements", args: [positive(0, 3)] },
];
/** The same with options. */
const eachWith = <Options>(...all: Options[]) =>
  all.map((options) => ({ name: JSON.stringify(options), args: [RANGE, options] as [Tensor, Options] }));

// reductions

const reductions = (of: (...shape: number[]) => Tensor): KernelCase<Kernels<Tensor>["sum"]>[] =>
  (
    [
      ["of all", [3, 4, 5], {}],
      ["of the last axis", [3, 4, 5], { dim: -1 }],
      ["of the first axis", [3, 4, 5], { dim: 0 }],
      ["of the middle axis, kept", [3, 4, 5], { dim: 1, keepDim: true }],
      ["of all but channels", [2, 3, 4, 5], { dim: [0, 2, 3] }],
      ["of 1500 elements", [2, 1500], { dim: 1 }],
    ] as const
  ).map(([name, shape, options]) => ({ name, args: [of(...shape), reduceGeometry("conformance", shape, options)] }));
const oneAxis = reductions(ties).filter(({ name }) => name !== "of all but channels");

// shapes and indices

const strided: readonly (readonly [name: string, geometry: StridedGeometry])[] = [
  ["permute", permuteGeometry([2, 3, 4], [2, 0, 1])],
  ["permute of an image", permuteGeometry([2, 3, 4, 5], [0, 2, 3, 1])],
  ["slice", sliceGeometry([4, 7, 3], { dim: 1, start: 1, end: -1, step: 2 })],
  ["slice of nothing", sliceGeometry([4, 7], { start: 3, end: 2 })],
  ["flip", flipGeometry([2, 3, 4], [0, 2])],
  ["broadcast", broadcastGeometry([3, 1], [2, 3, 4])],
];
const alongAxes = (
  [
    ["along the last axis", [3, 5], 1, [3, 7]],
    ["along the first axis", [4, 2, 3], 0, [6, 2, 3]],
    ["along the middle axis", [2, 5, 3], 1, [2, 2, 3]],
  ] as const
).map(([name, shape, dim, indexShape]) => ({
  name,
  shape,
  index: indices(indexShape, shape[dim]),
  geometry: gatherGeometry(shape, dim, indexShape),
}));
const gathers = [...alongAxes, ...pickings];

// interpolation

const interpolations = (
  [
    ["nearest, larger", [2, 3, 4, 5], { scaleFactor: 2 }],
    ["nearest, smaller, which skips pixels", [2, 3, 11], { size: 4, mode: "nearestExact" }],
    ["bilinear, larger", [2, 3, 5, 7], { scaleFactor: [2, 2.5], mode: "bilinear" }],
    ["bilinear, corners aligned", [1, 2, 9, 4], { size: [4, 13], mode: "bilinear", alignCorners: true }],
    ["bicubic, larger and smaller", [2, 2, 6, 9], { size: [15, 4], mode: "bicubic" }],
    ["trilinear", [1, 2, 3, 4, 5], { size: [6, 4, 3], mode: "trilinear" }],
    ["area", [2, 3, 20, 7], { size: [3, 9], mode: "area" }],
    ["of many rows", [3, 17, 33, 40], { scaleFactor: 2, mode: "bilinear" }],
    ["a batch of 0", [0, 3, 4], { scaleFactor: 2, mode: "linear" }],
  ] as const
).flatMap(([name, xShape, options]) =>
  interpolateGeometry("conformance", xShape, "float32", options).flatMap((geometry, step) => [
    { name: `${name}, step ${step + 1}`, geometry },
    { name: `${name}, step ${step + 1}, transposed`, geometry: resampleTransposed(geometry) },
  ]),
);
const emptyRows = resampleGeometry([2, 4, 3], 1, 3, (i) => (i === 1 ? [[1, 0.5], [3, -2]] : [])); // biome-ignore format: one line
const resamplings = [...interpolations, { name: "rows of nothing", geometry: emptyRows }];

// the steps of optimizers

const blends = [
  { name: "of vectors", shape: [7], factors: { alpha: 0.9, beta: -0.1 } },
  { name: "of filters", shape: [16, 8, 3, 3], factors: { alpha: 0.5, beta: 2 } },
  { name: "of many elements, in several chunks", shape: [3, 11_003], factors: { alpha: -1, beta: 0.25 } },
  { name: "of nothing", shape: [0, 3], factors: { alpha: 1, beta: 1 } },
];

/** Cases for every kernel: one that has none does not compile. */
export const kernelCases: KernelCases<keyof Kernels<Tensor>> = {
  ...convKernelCases,
  ...poolKernelCases,

  matmul: (
    [
      ["two matrices", [3, 4], [4, 5]],
      ["stacks", [2, 3, 4], [2, 4, 2]],
      ["stacks that broadcast", [2, 1, 3, 4], [3, 4, 2]],
      ["a row and a column", [1, 9], [9, 1]],
      ["an empty sum", [2, 0], [0, 3]],
    ] as const
  ).map(([name, a, b]) => ({ name, args: [sample(...a), sample(...b), matmulGeometry(a, b)] })),

  resample: resamplings.map(({ name, geometry }) => ({ name, args: [sample(...geometry.xShape), geometry] })),

  add: pairs(sample),
  sub: pairs(sample),
  mul: pairs(sample),
  div: pairs(positive),
  pow: pairs(positive),
  maximum: pairs(ties),
  minimum: pairs(ties),
  where: [
    { name: "one shape", args: [ties(3, 4), sample(3, 4), positive(3, 4)] },
    { name: "broadcasting, a condition of int32", args: [indices([2, 1], 2), sample(1, 3), sample()] },
    { name: "NaN that is not chosen", args: [tensor([1, 0]), tensor([1, Number.NaN]), tensor([Number.NaN, 2])] },
  ],

  neg: each(),
  abs: each(),
  exp: each(),
  log: each(positive(9)),
  sqrt: each(positive(9)),
  step: each(),
  cast: [
    { name: "to int32", args: [tensor([-1.9, -0.5, 0, 0.5, 1.9]), "int32"] },
    { name: "from int32", args: [indices([3, 4], 9), "float32"] },
  ],

  relu: each(),
  leakyRelu: eachWith({ negativeSlope: 0.01 }, { negativeSlope: 1.5 }),
  elu: eachWith({ alpha: 1, scale: 1 }, { alpha: 1.67326, scale: 1.0507 }),
  gelu: eachWith<{ approximate: "none" | "tanh" }>({ approximate: "none" }, { approximate: "tanh" }),
  erf: each(),
  sigmoid: each(),
  silu: each(),
  tanh: each(),
  softplus: eachWith({ beta: 1, threshold: 20 }, { beta: 2, threshold: 3 }),

  sum: reductions(sample),
  max: reductions(sample),
  min: reductions(sample),
  argmax: oneAxis,

  strided: strided.map(([name, geometry]) => ({ name, args: [sample(...geometry.xShape), geometry] })),
  stridedAdjoint: strided.map(([name, geometry]) => ({ name, args: [sample(...geometry.yShape), geometry] })),
  gather: gathers.map(({ name, shape, index, geometry }) => ({ name, args: [sample(...shape), index, geometry] })),
  gatherAdjoint: gathers.map(({ name, index, geometry }) => ({ name, args: [sample(...geometry.yShape), index, geometry] })), // biome-ignore format: one line
  blend: blends.map(({ name, shape, factors }) => ({ name, args: [sample(...shape), positive(...shape), factors] })),
  blendSquare: blends.map(({ name, shape, factors }) => ({
    name,
    args: [sample(...shape), sample(...shape), factors],
  })),
  descend: [
    {
      name: "of a vector",
      args: [sample(7), positive(7), positive(7), { alpha: 0.9, beta: -0.1, gamma: 2, eps: 0.01 }],
    },
    { name: "of filters", args: [sample(16, 8, 3, 3), sample(16, 8, 3, 3), positive(16, 8, 3, 3), { alpha: 1, beta: -0.01, gamma: 1.5, eps: 1e-8 }] }, // biome-ignore format: one line
    { name: "of v = 0, where ε is all", args: [sample(300), sample(300), zeros([300]), { alpha: 0.5, beta: 1, gamma: 1, eps: 0.5 }] }, // biome-ignore format: one line
    { name: "of nothing", args: [sample(0, 3), sample(0, 3), sample(0, 3), { alpha: 1, beta: 1, gamma: 1, eps: 1 }] },
  ],
  concat: [
    { name: "along the first axis", args: [[sample(2, 3), sample(1, 3)], concatGeometry([[2, 3], [1, 3]], 0)] }, // biome-ignore format: one line
    { name: "along the channels", args: [[sample(2, 3, 4), sample(2, 1, 4), sample(2, 0, 4)], concatGeometry([[2, 3, 4], [2, 1, 4], [2, 0, 4]], 1)] }, // biome-ignore format: one line
  ],
};
