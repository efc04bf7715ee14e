import type { InterpolateMode, InterpolateOptions } from "@conv/core";
import { sizeOf } from "@conv/core/operators";
import fc from "fast-check";
import type { Variable } from "../../src/index.js";
import * as ops from "../../src/index.js";
import { type Case, RANKS, type Rank, sampleOf } from "./case.js";
import { valuesFrom } from "./values.js";
import { upTo } from "./windows.js";

/** Most entries of an image. */
const MOST = 60;

/** The modes of every rank. */
const MODES: Readonly<Record<Rank, readonly InterpolateMode[]>> = {
  1: ["nearest", "nearestExact", "linear", "area"],
  2: ["nearest", "nearestExact", "bilinear", "bicubic", "area"],
  3: ["nearest", "nearestExact", "trilinear", "area"],
};

/** Images, and the sizes they are brought to: by size or by factors, one number or one each. */
const interpolations = (rank: Rank) =>
  fc
    .record({
      leading: fc.array(upTo(1, 2), { minLength: 2, maxLength: 2 }),
      axes: fc.array(
        fc.record({
          length: upTo(1, 7 - rank),
          out: upTo(1, 8 - rank),
          factor: fc.constantFrom(0.5, 0.7, 1.3, 2, 2.5),
        }),
        { minLength: rank, maxLength: rank },
      ),
      mode: fc.constantFrom(...MODES[rank]),
      alignCorners: fc.boolean(),
      style: fc.constantFrom("size", "sizes", "factor", "factors"),
      seed: fc.nat(),
    })
    .map(({ leading, axes, mode, alignCorners, style, seed }) => {
      const inSize = axes.map(({ length }) => length);
      const [sizes, factors] = [axes.map(({ out }) => out), axes.map(({ factor }) => factor)];
      const sizing = {
        size: { size: sizes[0] },
        sizes: { size: sizes },
        factor: { scaleFactor: factors[0] },
        factors: { scaleFactor: factors },
      }[style];
      const takesCorners = mode.endsWith("linear") || mode === "bicubic";
      const options: InterpolateOptions = { ...sizing, mode, ...(takesCorners && { alignCorners }) };
      const outSize = inSize.map((length, axis) => {
        if (style.startsWith("size")) return style === "size" ? sizes[0] : sizes[axis];
        return Math.floor(length * factors[style === "factor" ? 0 : axis]);
      });
      const kinds = {
        larger: outSize.some((out, a) => out > inSize[a]),
        smaller: outSize.some((out, a) => out < inSize[a]),
        "an axis of the same length": outSize.some((out, a) => out === inSize[a]),
        "fractional factors": !style.startsWith("size") && factors.some((factor) => factor % 1 !== 0),
        "aligned corners": takesCorners && alignCorners,
        ...Object.fromEntries(MODES[rank].map((each) => [each, mode === each])),
      };
      return { xShape: [...leading, ...inSize], yShape: [...leading, ...outSize], inSize, options, seed, kinds };
    })
    .filter(({ xShape, yShape }) => sizeOf(xShape) <= MOST && sizeOf(yShape) <= MOST && sizeOf(yShape) > 0);

function forwardCase(rank: Rank): Case {
  const draw = interpolations(rank).map(({ xShape, options, seed, kinds }) => {
    const fn = (x: Variable) => ops.interpolate(x, options);
    return sampleOf(fn, [valuesFrom(seed).any(xShape)], options, kinds);
  });
  return { operator: "interpolate", rank, linear: true, draw };
}

function adjointCase(rank: Rank): Case {
  const draw = interpolations(rank).map(({ yShape, inSize, options, seed, kinds }) => {
    const fn = (gradY: Variable) => ops.interpolateAdjoint(gradY, { inSize, ...options });
    return sampleOf(fn, [valuesFrom(seed).any(yShape)], { inSize, ...options }, kinds);
  });
  return { operator: "interpolateAdjoint", rank, linear: true, draw };
}

/** An image at another size, and the adjoint. */
export const interpolateCases: readonly Case[] = [forwardCase, adjointCase].flatMap((of) => RANKS.map(of));
