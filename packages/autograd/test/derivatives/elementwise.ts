import { cast, mul } from "@conv/core";
import fc from "fast-check";
import type { Variable } from "../../src/index.js";
import * as ops from "../../src/index.js";
import { type Case, operators, sampleOf } from "./case.js";
import { anyShape, broadcasting } from "./shapesOf.js";
import { SPACING, valuesFrom } from "./values.js";
import { upTo } from "./windows.js";

/** What is awkward about the shape of a single input. */
export const shapeKinds = (shape: readonly number[]) => ({
  "a scalar": shape.length === 0,
  "no elements": shape.includes(0),
});

/** Of one input, defined for all numbers. */
const everywhere = ["neg", "exp", "abs", "relu", "selu", "erf", "sigmoid", "silu", "tanh"] as const;

/** Of one input, defined above 0. */
const abovePositive = ["log", "sqrt"] as const;

/** An operator of one input, at values of both signs or of one. */
function unaryCase(operator: (typeof everywhere | typeof abovePositive)[number], isPositive: boolean): Case {
  const draw = fc.record({ shape: anyShape, seed: fc.nat() }).map(({ shape, seed }) => {
    const { spaced, positive } = valuesFrom(seed);
    const inputs = isPositive ? [positive(shape)] : spaced(shape);
    return sampleOf((x) => operators[operator](x), inputs, {}, shapeKinds(shape));
  });
  return operator === "neg" ? { operator, linear: true, draw } : { operator, draw };
}

/** How a pair is made of operands: of two tensors, or of a tensor and a number. */
const operands = fc.constantFrom("both", "both", "number on the left", "number on the right");

/** The operators of two operands. */
type Pairwise = "add" | "sub" | "mul" | "div" | "pow" | "maximum" | "minimum";

/** An operator of two operands with broadcasting. `sides` says where each of them must be positive. */
function pairCase(operator: Pairwise, sides: { readonly a: boolean; readonly b: boolean }, linear?: true): Case {
  const draw = fc
    .record({ pair: broadcasting(2), style: operands, number: fc.constantFrom(0.55, 1.25, 2), seed: fc.nat() })
    .map(({ pair: { shapes, kinds }, style, number, seed }) => {
      const { spaced, positive } = valuesFrom(seed);
      const signed = spaced(...shapes); // no element of a is close to one of b
      const [a, b] = [sides.a, sides.b].map((isPositive, i) => (isPositive ? positive(shapes[i]) : signed[i]));
      const more = { ...kinds, "number on the left": false, "number on the right": false, [style]: true };
      switch (style) {
        case "number on the left":
          return sampleOf((y) => operators[operator](number, y), [b], { number }, more);
        case "number on the right":
          return sampleOf((x) => operators[operator](x, number), [a], { number }, more);
        default:
          return sampleOf((x, y) => operators[operator](x, y), [a, b], {}, more);
      }
    });
  return { operator, linear, draw };
}

/** Powers of negative numbers have derivatives too, in the base, where the exponent is an integer. */
const signedPow: Case = {
  operator: "pow",
  note: "of negative numbers",
  draw: fc
    .record({ shape: anyShape, exponent: fc.constantFrom(-1, 0, 1, 2, 3), seed: fc.nat() })
    .map(({ shape, exponent, seed }) =>
      sampleOf((x) => ops.pow(ops.sub(x, 3), exponent), [valuesFrom(seed).any(shape)], { exponent }),
    ),
};

/** The bounds, one or both, lie between the values: at multiples of the spacing. */
const clampCase: Case = {
  operator: "clamp",
  draw: fc
    .record({
      shape: anyShape,
      lower: upTo(-4, 0),
      upper: upTo(1, 4),
      bounds: fc.constantFrom("min", "max", "both"),
      seed: fc.nat(),
    })
    .map(({ shape, lower, upper, bounds, seed }) => {
      const [min, max] = [lower * SPACING, upper * SPACING];
      const options = bounds === "min" ? { min } : bounds === "max" ? { max } : { min, max };
      const [x] = valuesFrom(seed).spaced(shape);
      const values = [...x.dataSync()];
      const kinds = {
        "below the lower bound": bounds !== "max" && values.some((value) => value < min),
        "above the upper bound": bounds !== "min" && values.some((value) => value > max),
        "between both bounds": bounds === "both" && values.some((value) => value > min && value < max),
      };
      return sampleOf((v) => ops.clamp(v, options), [x], options, { ...kinds, ...shapeKinds(shape) });
    }),
};

/** The condition broadcasts too; either operand may be a number. */
const whereCase: Case = {
  operator: "where",
  linear: true,
  draw: fc
    .record({ triple: broadcasting(3), style: operands, seed: fc.nat() })
    .map(({ triple: { shapes, kinds }, style, seed }) => {
      const { integers, any } = valuesFrom(seed);
      const condition = integers(shapes[0], 2);
      const [a, b] = [any(shapes[1]), any(shapes[2])];
      const more = { ...kinds, "number on the left": false, "number on the right": false, [style]: true };
      const options = { condition: condition.dataSync() };
      switch (style) {
        case "number on the left":
          return sampleOf((y) => ops.where(condition, 2, y), [b], options, more);
        case "number on the right":
          return sampleOf((x) => ops.where(condition, x, 2), [a], options, more);
        default:
          return sampleOf((x, y) => ops.where(condition, x, y), [a, b], options, more);
      }
    }),
};

/**
 * To float32 and back: quarters and their neighbours at a distance of 1/4 are float32 too, and so differences see a
 * straight line; gradients are rounded to float32 on their way.
 */
const castCase: Case = {
  operator: "cast",
  check: { eps: 0.25, tolerance: 1e-5 },
  draw: fc.record({ shape: anyShape, seed: fc.nat() }).map(({ shape, seed }) => {
    const quarters = mul(cast(valuesFrom(seed).integers(shape, 9), "float64"), 0.25);
    return sampleOf((x: Variable) => ops.cast(ops.cast(x, "float32"), "float64"), [quarters], {}, shapeKinds(shape));
  }),
};

/** Elementwise maps. */
export const elementwiseCases: readonly Case[] = [
  ...everywhere.map((operator) => unaryCase(operator, false)),
  ...abovePositive.map((operator) => unaryCase(operator, true)),
  pairCase("add", { a: false, b: false }, true),
  pairCase("sub", { a: false, b: false }, true),
  pairCase("mul", { a: false, b: false }, true),
  pairCase("div", { a: false, b: true }),
  pairCase("pow", { a: true, b: false }),
  signedPow,
  pairCase("maximum", { a: false, b: false }),
  pairCase("minimum", { a: false, b: false }),
  clampCase,
  whereCase,
  castCase,
];
