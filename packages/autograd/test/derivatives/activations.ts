import fc from "fast-check";
import * as ops from "../../src/index.js";
import { type Case, sampleOf } from "./case.js";
import { anyShape } from "./shapesOf.js";
import { SPACING, valuesFrom } from "./values.js";
import { upTo } from "./windows.js";

/** The slope below 0, given or not. */
const leakyReluCase: Case = {
  operator: "leakyRelu",
  draw: fc
    .record({ shape: anyShape, negativeSlope: fc.constantFrom(undefined, 0.3, -0.5, 0), seed: fc.nat() })
    .map(({ shape, negativeSlope, seed }) =>
      sampleOf(
        (x) => ops.leakyRelu(x, { negativeSlope }),
        valuesFrom(seed).spaced(shape),
        { negativeSlope },
        {
          "default slope": negativeSlope === undefined,
          "slope 0": negativeSlope === 0,
        },
      ),
    ),
};

/** One slope for all, or one for each channel; the derivative is checked in both inputs. */
const preluCase: Case = {
  operator: "prelu",
  draw: fc
    .record({ shape: anyShape, isPerChannel: fc.boolean(), seed: fc.nat() })
    .map(({ shape, isPerChannel, seed }) => {
      const { spaced, any } = valuesFrom(seed);
      const slopes = isPerChannel && shape.length > 1 ? [shape[1]] : [1];
      const kinds = {
        "one slope": slopes[0] === 1,
        "a slope for each channel": slopes[0] > 1,
        "no elements": shape.includes(0),
      };
      return sampleOf((x, w) => ops.prelu(x, w), [...spaced(shape), any(slopes)], {}, kinds);
    }),
};

/** Far below 0 it ends at −α. */
const eluCase: Case = {
  operator: "elu",
  draw: fc
    .record({ shape: anyShape, alpha: fc.constantFrom(undefined, 2, 0.5), seed: fc.nat() })
    .map(({ shape, alpha, seed }) =>
      sampleOf(
        (x) => ops.elu(x, { alpha }),
        valuesFrom(seed).spaced(shape),
        { alpha },
        { "default alpha": alpha === undefined },
      ),
    ),
};

/** By the error function and by tanh. */
const geluCase: Case = {
  operator: "gelu",
  draw: fc
    .record({
      shape: anyShape,
      approximate: fc.constantFrom(undefined, "none" as const, "tanh" as const),
      seed: fc.nat(),
    })
    .map(({ shape, approximate, seed }) =>
      sampleOf(
        (x) => ops.gelu(x, { approximate }),
        valuesFrom(seed).spaced(shape),
        { approximate },
        {
          exact: approximate !== "tanh",
          "by tanh": approximate === "tanh",
        },
      ),
    ),
};

/** Also with a threshold among the values, above which it is x. */
const softplusCase: Case = {
  operator: "softplus",
  draw: fc
    .record({
      shape: anyShape,
      beta: fc.constantFrom(1, 2),
      steps: upTo(-2, 6),
      hasThreshold: fc.boolean(),
      seed: fc.nat(),
    })
    .map(({ shape, beta, steps, hasThreshold, seed }) => {
      const threshold = hasThreshold ? steps * SPACING * beta : undefined;
      const [x] = valuesFrom(seed).spaced(shape);
      const kinds = {
        "above the threshold": threshold !== undefined && x.dataSync().some((value) => value * beta > threshold),
        "below the threshold": threshold !== undefined && x.dataSync().some((value) => value * beta < threshold),
        "beta above 1": beta > 1,
      };
      return sampleOf((v) => ops.softplus(v, { beta, threshold }), [x], { beta, threshold }, kinds);
    }),
};

/** Activations that have options or a learned slope. */
export const activationCases: readonly Case[] = [leakyReluCase, preluCase, eluCase, geluCase, softplusCase];
