import { createRandom } from "@conv/core";
import { sizeOf } from "@conv/core/operators";
import fc from "fast-check";
import type { Variable } from "../../src/index.js";
import * as ops from "../../src/index.js";
import { type Case, sampleOf } from "./case.js";
import { anyShape, fullShape, written } from "./shapesOf.js";
import { valuesFrom } from "./values.js";
import { upTo } from "./windows.js";

/** The same elements under another shape, one of whose lengths may be left to be worked out. */
const reshapeCase: Case = {
  operator: "reshape",
  linear: true,
  draw: fc
    .record({ shape: anyShape, turn: fc.nat(2), isOpen: fc.boolean(), isFlat: fc.boolean(), seed: fc.nat() })
    .map(({ shape, turn, isOpen, isFlat, seed }) => {
      const turned = isFlat ? [1, sizeOf(shape)] : [...shape.slice(turn), ...shape.slice(0, turn)];
      const last = turned.length - 1;
      const canOpen = isOpen && last >= 0 && !turned.includes(0);
      const to = canOpen ? turned.map((length, axis) => (axis === last ? -1 : length)) : turned;
      const kinds = { "with -1": canOpen, "a scalar": shape.length === 0, "no elements": shape.includes(0) };
      return sampleOf((x) => ops.reshape(x, to), [valuesFrom(seed).any(shape)], { to }, kinds);
    }),
};

/** Shapes whose axes can all move. */
const threeAxes = fc.array(upTo(1, 4), { minLength: 3, maxLength: 3 });

/** Axes in any order, written from either end. */
const permuteCase: Case = {
  operator: "permute",
  linear: true,
  draw: fc
    .record({ shape: fc.oneof(anyShape, threeAxes), isNegative: fc.boolean(), seed: fc.nat() })
    .map(({ shape, isNegative, seed }) => {
      const order = [...createRandom(seed).permutation(shape.length).dataSync()];
      const dims = order.map((axis) => written(axis, shape.length, isNegative));
      const kinds = {
        "three axes that all move": order.length === 3 && order.every((axis, at) => axis !== at),
        "negative axes": isNegative && shape.length > 0,
        "no elements": shape.includes(0),
      };
      return sampleOf((x) => ops.permute(x, dims), [valuesFrom(seed).any(shape)], { dims }, kinds);
    }),
};

/** A shape with elements, and one or two axes of it as users write them. */
const withAxes = fc
  .record({ shape: fullShape, first: fc.nat(), second: fc.nat(), isNegative: fc.boolean(), seed: fc.nat() })
  .map(({ shape, first, second, isNegative, seed }) => {
    const [axis, other] = [first % shape.length, second % shape.length];
    const kinds = { "negative axes": isNegative, "an inner axis": axis < shape.length - 1 };
    return { shape, axis, dim: written(axis, shape.length, isNegative), other, seed, kinds };
  });

const transposeCase: Case = {
  operator: "transpose",
  linear: true,
  draw: withAxes.map(({ shape, axis, dim, other, seed, kinds }) =>
    sampleOf(
      (x) => ops.transpose(x, dim, other),
      [valuesFrom(seed).any(shape)],
      { dim, other },
      {
        ...kinds,
        "axes that differ": axis !== other,
      },
    ),
  ),
};

/** Parts of an axis: from either end, with steps, and of nothing. */
const sliceCase: Case = {
  operator: "slice",
  linear: true,
  draw: fc
    .record({
      axes: withAxes,
      start: fc.option(upTo(-4, 3), { nil: undefined }),
      end: fc.option(upTo(-3, 5), { nil: undefined }),
      step: fc.option(upTo(1, 3), { nil: undefined }),
    })
    .map(({ axes: { shape, dim, seed, kinds }, ...part }) => {
      const options = { dim, ...part };
      const x = valuesFrom(seed).any(shape);
      const { size } = ops.slice(x, options);
      const more = { nothing: size === 0, all: size === x.size, "a step": (part.step ?? 1) > 1 && size > 1 };
      return sampleOf((v) => ops.slice(v, options), [x], options, { ...kinds, ...more });
    }),
};

/** Along one axis, several, or all. */
const flipCase: Case = {
  operator: "flip",
  linear: true,
  draw: withAxes.map(({ shape, axis, dim, other, seed, kinds }) => {
    const dims = axis === other ? (seed % 2 === 0 ? dim : undefined) : [dim, other];
    const more = { "all axes": dims === undefined, "several axes": Array.isArray(dims) };
    return sampleOf((x) => ops.flip(x, dims), [valuesFrom(seed).any(shape)], { dims }, { ...kinds, ...more });
  }),
};

/** To a shape with new axes, with longer ones, or the same. */
const broadcastToCase: Case = {
  operator: "broadcastTo",
  linear: true,
  draw: fc
    .record({
      shape: fc.array(fc.constantFrom(0, 1, 1, 1, 2, 3), { maxLength: 3 }),
      before: fc.array(upTo(1, 2), { maxLength: 1 }),
      wide: upTo(1, 3),
      seed: fc.nat(),
    })
    .map(({ shape, before, wide, seed }) => {
      const to = [...before, ...shape.map((length) => (length === 1 ? wide : length))];
      const kinds = {
        "new axes": before.length > 0,
        "longer axes": wide > 1 && shape.includes(1),
        "a scalar": shape.length === 0,
        "no elements": shape.includes(0),
      };
      return sampleOf((x) => ops.broadcastTo(x, to), [valuesFrom(seed).any(shape)], { to }, kinds);
    }),
};

/** At positions that repeat themselves; the index may be shorter than x along other axes, and longer along its own. */
const gatherCase: Case = {
  operator: "gather",
  linear: true,
  draw: fc
    .record({ axes: withAxes, count: upTo(1, 5), cut: fc.nat(1) })
    .map(({ axes: { shape, axis, dim, seed, kinds }, count, cut }) => {
      const { integers, any } = valuesFrom(seed);
      const index = integers(
        shape.map((length, a) => (a === axis ? count : Math.max(1, length - cut))),
        shape[axis],
      );
      const isShorter = index.shape.some((length, a) => a !== axis && length < shape[a]);
      const options = { dim, index: index.dataSync(), of: index.shape };
      const more = { "a shorter index": isShorter, "a longer index": count > shape[axis] };
      return sampleOf((x) => ops.gather(x, dim, index), [any(shape)], options, { ...kinds, ...more });
    }),
};

/** One to three tensors of several lengths, also of none; along any axis. */
const concatCase: Case = {
  operator: "concat",
  linear: true,
  draw: fc
    .record({ axes: withAxes, lengths: fc.array(upTo(0, 3), { minLength: 1, maxLength: 3 }) })
    .map(({ axes: { shape, axis, dim, seed, kinds }, lengths }) => {
      const { any } = valuesFrom(seed);
      const inputs = lengths.map((length) => any(shape.map((n, a) => (a === axis ? length : n))));
      const more = {
        "a tensor alone": lengths.length === 1,
        "three tensors": lengths.length === 3,
        "one is empty": lengths.includes(0),
      };
      return sampleOf((...tensors: Variable[]) => ops.concat(tensors, dim), inputs, { dim }, { ...kinds, ...more });
    }),
};

/** One to three tensors of one shape, along a new axis at any place. */
const stackCase: Case = {
  operator: "stack",
  linear: true,
  draw: fc
    .record({ shape: anyShape, count: upTo(1, 3), at: fc.nat(), isNegative: fc.boolean(), seed: fc.nat() })
    .map(({ shape, count, at, isNegative, seed }) => {
      const axis = at % (shape.length + 1);
      const dim = written(axis, shape.length + 1, isNegative);
      const kinds = {
        scalars: shape.length === 0,
        "the last axis": axis > 0 && axis === shape.length,
        "negative axes": isNegative,
      };
      const inputs = Array.from({ length: count }, (_, i) => valuesFrom(seed + i).any(shape));
      return sampleOf((...tensors: Variable[]) => ops.stack(tensors, dim), inputs, { dim }, kinds);
    }),
};

/** Shapes and indices. */
export const shapeCases: readonly Case[] = [
  reshapeCase,
  permuteCase,
  transposeCase,
  sliceCase,
  flipCase,
  broadcastToCase,
  gatherCase,
  concatCase,
  stackCase,
];
