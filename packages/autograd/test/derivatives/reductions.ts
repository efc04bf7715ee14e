import { sizeOf } from "@conv/core/operators";
import fc from "fast-check";
import * as ops from "../../src/index.js";
import { type Case, operators, sampleOf } from "./case.js";
import { anyShape, dimsOf, fullShape, written } from "./shapesOf.js";
import { valuesFrom } from "./values.js";

/** A shape, and axes of it as users write them. */
const reduction = (shapes: fc.Arbitrary<number[]>) =>
  shapes.chain((shape) =>
    fc
      .record({ dims: dimsOf(shape.length), keepDim: fc.boolean(), seed: fc.nat() })
      .map(({ dims: { dim, taken, kinds }, keepDim, seed }) => ({
        shape,
        options: { dim, keepDim },
        count: sizeOf(taken.map((axis) => shape[axis])),
        seed,
        kinds: { ...kinds, keepDim },
      })),
  );

/** Also of no elements: 0. */
const sumCase: Case = {
  operator: "sum",
  linear: true,
  draw: reduction(anyShape).map(({ shape, options, seed, kinds }) =>
    sampleOf((x) => ops.sum(x, options), [valuesFrom(seed).any(shape)], options, {
      ...kinds,
      "a scalar": shape.length === 0,
      "no elements": shape.includes(0),
    }),
  ),
};

const meanCase: Case = {
  operator: "mean",
  linear: true,
  draw: reduction(fullShape).map(({ shape, options, seed, kinds }) =>
    sampleOf((x) => ops.mean(x, options), [valuesFrom(seed).any(shape)], options, kinds),
  ),
};

/** Of a sample or of these numbers; at least two of them, if one is taken off. */
const varianceCase: Case = {
  operator: "variance",
  draw: fc
    .record({ reduced: reduction(fullShape), correction: fc.constantFrom(undefined, 0, 0.5) })
    .filter(({ reduced, correction }) => reduced.count > 1 || correction !== undefined)
    .map(({ reduced: { shape, options: dims, count, seed, kinds }, correction }) => {
      const options = { ...dims, correction };
      const more = {
        "of these numbers": correction === 0,
        "of a sample": correction === undefined,
        "of one": count === 1,
      };
      return sampleOf((x) => ops.variance(x, options), [valuesFrom(seed).any(shape)], options, { ...kinds, ...more });
    }),
};

/** The largest or the smallest, without ties. */
const extremeCase = (operator: "max" | "min"): Case => ({
  operator,
  draw: reduction(fullShape).map(({ shape, options, seed, kinds }) =>
    sampleOf((x) => operators[operator](x, options), valuesFrom(seed).spaced(shape), options, kinds),
  ),
});

/** Along one axis, written from either end. */
const softmaxCase = (operator: "softmax" | "logSoftmax"): Case => ({
  operator,
  draw: fc
    .record({ shape: fullShape, axis: fc.nat(), isNegative: fc.boolean(), seed: fc.nat() })
    .map(({ shape, axis, isNegative, seed }) => {
      const dim = written(axis % shape.length, shape.length, isNegative);
      const kinds = { "negative axes": isNegative, "an inner axis": axis % shape.length < shape.length - 1 };
      return sampleOf((x) => operators[operator](x, dim), valuesFrom(seed).spaced(shape), { dim }, kinds);
    }),
});

/** Sums, means, extremes and what is made of them. */
export const reductionCases: readonly Case[] = [
  sumCase,
  meanCase,
  varianceCase,
  extremeCase("max"),
  extremeCase("min"),
  softmaxCase("softmax"),
  softmaxCase("logSoftmax"),
];
