import type { Padding, Pair } from "@conv/core";
import type { WindowGeometry } from "@conv/core/operators";
import fc from "fast-check";
import type { Rank } from "./case.js";

/** An integer of a range, both ends included. */
export const upTo = (min: number, max: number) => fc.integer({ min, max });

/** One spatial axis of a window, in pixels. */
export interface Axis {
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  readonly before: number;
  readonly after: number;
  /** How much longer the image is than it must be. */
  readonly extra: number;
}

/** The axes of a window, each with sizes of its own. */
export const windowAxes = (rank: Rank): fc.Arbitrary<Axis[]> =>
  fc.array(
    fc.record({
      kernel: upTo(1, 3),
      stride: upTo(1, 3),
      dilation: upTo(1, 2),
      before: upTo(0, 2),
      after: upTo(0, 2),
      extra: upTo(0, 5 - rank),
    }),
    { minLength: rank, maxLength: rank },
  );

/** Length of the dilated kernel. */
export const spanOf = ({ kernel, dilation }: Axis) => dilation * (kernel - 1) + 1;

/** The ways to write padding. */
export const paddingStyle = fc.constantFrom("number", "each", "pairs", "same", "valid");

/** The ways to write padding in numbers. */
export const numericStyle = fc.constantFrom("number", "each", "pairs");

/** The padding of these axes as users write it, and the pixels [before, after] that its numbers add. */
export function paddingOf(axes: readonly Axis[], style: string): { padding: Padding; pairs: Pair[] } {
  const least = Math.min(...axes.map(({ before }) => before));
  switch (style) {
    case "number":
      return { padding: least, pairs: axes.map(() => [least, least]) };
    case "each":
      return { padding: axes.map(({ before }) => before), pairs: axes.map(({ before }) => [before, before]) };
    case "pairs": {
      const pairs = axes.map(({ before, after }): Pair => [before, after]);
      return { padding: pairs, pairs };
    }
    default:
      return { padding: style === "same" ? "same" : "valid", pairs: axes.map(() => [0, 0]) };
  }
}

/** What is awkward about a window. */
export function windowKinds({ inSize, outSize, kernelSize, stride, dilation, padding }: WindowGeometry) {
  const anyAxis = (is: (axis: number) => boolean) => inSize.some((_, axis) => is(axis));
  return {
    "stride above 1": anyAxis((axis) => stride[axis] > 1 && outSize[axis] > 1),
    "stride above the kernel": anyAxis((axis) => stride[axis] > kernelSize[axis] && outSize[axis] > 1),
    "dilation above 1": anyAxis((axis) => dilation[axis] > 1 && kernelSize[axis] > 1),
    "uneven padding": anyAxis((axis) => padding[axis][0] !== padding[axis][1]),
    "kernel above the image": anyAxis((axis) => kernelSize[axis] > inSize[axis]),
    "pixels beyond the last window": anyAxis((axis) => {
      const span = dilation[axis] * (kernelSize[axis] - 1) + 1;
      const end = (outSize[axis] - 1) * stride[axis] + span - padding[axis][0];
      return end < inSize[axis];
    }),
  };
}
