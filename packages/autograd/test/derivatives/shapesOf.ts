import { sizeOf } from "@conv/core/operators";
import fc from "fast-check";
import { upTo } from "./windows.js";

/** The length of an axis: 1 to 4, rarely 0. */
const length = fc.oneof({ weight: 1, arbitrary: fc.constant(0) }, { weight: 8, arbitrary: upTo(1, 4) });

/** Shapes of at most three axes, a scalar's and those of tensors without elements among them. */
export const anyShape = fc.array(length, { maxLength: 3 });

/** Shapes of one to three axes that have elements. */
export const fullShape = fc.array(upTo(1, 4), { minLength: 1, maxLength: 3 }).filter((shape) => sizeOf(shape) <= 36);

/** `count` shapes that broadcast together: each lacks leading axes of a common one, or has length 1 along some. */
export const broadcasting = (count: number) =>
  fc
    .record({
      shape: anyShape,
      parts: fc.array(fc.record({ drop: fc.nat(5), isOne: fc.array(fc.nat(2), { minLength: 3, maxLength: 3 }) }), {
        minLength: count,
        maxLength: count,
      }),
    })
    .map(({ shape, parts }) => {
      const shapes = parts.map(({ drop, isOne }) =>
        shape.map((n, axis) => (isOne[axis] === 0 ? 1 : n)).slice(drop > 3 ? 0 : drop),
      );
      const kinds = {
        "broadcast in length": shapes.some((s) =>
          shapes.some((t) => s.some((n, a) => n === 1 && (t.at(a - s.length) ?? 1) > 1)),
        ),
        "broadcast in rank": new Set(shapes.map((s) => s.length)).size > 1,
        "a scalar": shapes.some((s) => s.length === 0),
        "no elements": shapes.some((s) => s.includes(0)),
      };
      return { shapes, kinds };
    });

/** An axis from 0, as users may write it: from the front, or negative, from the back. */
export const written = (axis: number, axes: number, isNegative: boolean) => (isNegative ? axis - axes : axis);

/** Some axes of a shape as users write them for a reduction: none, a number, or an array; and which they are. */
export const dimsOf = (axes: number) =>
  fc
    .record({
      isTaken: fc.array(fc.boolean(), { minLength: axes, maxLength: axes }),
      isNegative: fc.boolean(),
      left: fc.nat(3),
    })
    .map(({ isTaken, isNegative, left }) => {
      const isLeftOut = left === 0;
      const all = isTaken.map((_, axis) => axis);
      const taken = isLeftOut ? all : all.filter((axis) => isTaken[axis]);
      const dims = taken.map((axis) => written(axis, axes, isNegative));
      const dim = isLeftOut ? undefined : dims.length === 1 ? dims[0] : dims;
      const kinds = {
        "all axes": isLeftOut,
        "one axis": typeof dim === "number",
        "several axes": Array.isArray(dim) && dims.length > 1,
        "negative axes": !isLeftOut && dims.some((d) => d < 0),
      };
      return { dim, taken, kinds };
    });
