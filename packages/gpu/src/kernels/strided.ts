import { BackendError, type Kernels, Tensor } from "@conv/core";
import { sizeOf } from "@conv/core/operators";
import type { ALL, Maps } from "../maps.js";
import { axisNames, offsetOf, positionOf, quotient } from "../source.js";
import type { Section } from "../task.js";
import { concat } from "./concat.js";
import { folded } from "./reduce.js";

type Names = "strided" | "stridedAdjoint";
type StridedGeometry = Parameters<Kernels<Tensor>["strided"]>[1];

/** An axis of y, and how far apart its neighbours lie in x. */
interface Axis {
  readonly length: number;
  readonly stride: number;
}

/** A tensor read with other strides, and the adjoint. */
export function strided(maps: Maps): Pick<Kernels<Tensor>, Names> {
  return {
    strided: (x, geometry) => {
      const axes = axesOf(geometry);
      const { section, offset } = sectionOf(axes, geometry.offset);
      const [, length] = section(0, 1);
      if (length > maps.engine.arrays.maxElements) {
        const y = inBlocks(maps, x, axes, geometry);
        if (y !== undefined) return y;
      }
      return maps.map({
        operator: "strided",
        inputs: { x },
        shape: geometry.yShape,
        slabs: axes[0]?.length,
        sections: { x: section },
        key: [axes, geometry.offset],
        body: (count) => {
          const lengths = axes.map(({ length }, axis) => (axis === 0 ? count : length));
          const { code, at } = positionOf("i", lengths, axisNames("p", axes));
          return [code, `x[${offsetOf(at, axes.map(({ stride }) => stride), offset(count))}]`]; // biome-ignore format: one line
        },
      });
    },
    stridedAdjoint: (gradY, geometry) => {
      const axes = axesOf(geometry);
      if (sizeOf(geometry.xShape) > maps.engine.arrays.maxElements) {
        const gradX = largeAdjoint(maps, gradY, axes, geometry);
        if (gradX !== undefined) return gradX;
      }
      if (axes.every(({ stride }) => stride !== 0)) return scattered(maps, gradY, axes, geometry);
      // what was repeated comes together first
      const kept = axes.filter(({ stride }) => stride !== 0);
      const runs = axes.map(({ length, stride }) => ({ length, isReduced: stride === 0 }));
      const once = folded(maps, "stridedAdjoint", "add", gradY, runs, kept.map(({ length }) => length)); // biome-ignore format: one line
      const gradX = scattered(maps, once, kept, geometry);
      once.dispose();
      return gradX;
    },
  };
}

/**
 * A tensor that is too large to be read at once, such as a transposed matrix: y in blocks along the axis that reaches furthest in
 * x, each of which reads a smaller section, and then joined.
 */
function inBlocks(
  maps: Maps,
  x: Tensor,
  axes: readonly Axis[],
  { xShape, yShape, offset }: StridedGeometry,
): Tensor | undefined {
  const reach = ({ length, stride }: Axis) => Math.abs(stride) * (length - 1);
  const axis = axes.reduce((far, _, a) => (a > 0 && (far === 0 || reach(axes[a]) > reach(axes[far])) ? a : far), 0);
  const { length, stride } = axes[axis];
  const block = Math.max(
    1,
    Math.floor((length * maps.engine.arrays.maxElements) / (2 * axes.slice(1).reduce((sum, a) => sum + reach(a), 1))),
  );
  if (axis === 0 || block >= length) return undefined; // one row alone reaches too far
  const { strided: read } = strided(maps);
  const lengths = Array.from({ length: Math.ceil(length / block) }, (_, b) => Math.min(block, length - b * block));
  const parts = lengths.map((some, b) =>
    read(x, {
      xShape,
      yShape: axes.map((other, a) => (a === axis ? some : other.length)),
      strides: axes.map((other) => other.stride),
      offset: offset + b * block * stride,
    }),
  );
  const sizes = axes.map((other) => other.length);
  const [outer, inner] = [sizeOf(sizes.slice(0, axis)), sizeOf(sizes.slice(axis + 1))];
  const y = concat(maps).concat(parts, { dim: axis, outer, lengths, inner, yShape });
  for (const part of parts) part.dispose();
  return y;
}

/** The adjoint of a slice of neighbours, or of another order of all elements: there it is made of copies, however large. */
function largeAdjoint(
  maps: Maps,
  gradY: Tensor,
  axes: readonly Axis[],
  { xShape, offset }: StridedGeometry,
): Tensor | undefined {
  const [xSize, ySize] = [sizeOf(xShape), gradY.size];
  if (axes.length === 1 && axes[0].stride === 1) {
    const zeros = [offset, xSize - offset - ySize].map((size) => maps.fill([size], gradY.dtype, 0));
    const gradX = maps.append("stridedAdjoint", [zeros[0], gradY, zeros[1]], xShape);
    for (const border of zeros) border.dispose();
    return gradX;
  }
  const inX = axes.map((axis, a) => ({ ...axis, step: sizeOf(axes.slice(a + 1).map(({ length }) => length)) }));
  inX.sort((a, b) => Math.abs(b.stride) - Math.abs(a.stride));
  const isOrder =
    xSize === ySize &&
    inX.every(({ stride }, at) => Math.abs(stride) === sizeOf(inX.slice(at + 1).map(({ length }) => length)));
  if (!isOrder) return undefined;
  const gradX = strided(maps).strided(gradY, {
    xShape: axes.map(({ length }) => length),
    yShape: inX.map(({ length }) => length),
    strides: inX.map(({ stride, step }) => (stride < 0 ? -step : step)),
    offset: inX.reduce((sum, { length, stride, step }) => sum + (stride < 0 ? (length - 1) * step : 0), 0),
  });
  const shaped = Tensor.view(gradX, xShape);
  gradX.dispose();
  return shaped;
}

/** The axes of y that have a length, those joined that x passes evenly. */
function axesOf({ yShape, strides }: StridedGeometry): Axis[] {
  const axes: Axis[] = [];
  yShape.forEach((length, axis) => {
    const stride = strides[axis];
    if (length === 1) return;
    const last = axes.at(-1);
    if (last?.stride === stride * length) axes[axes.length - 1] = { length: last.length * length, stride };
    else axes.push({ length, stride });
  });
  return axes;
}

/** What slabs of y along its first axis read of x, and where in it their first element stands. */
function sectionOf(axes: readonly Axis[], offset: number) {
  const [first, ...inner] = axes;
  const stride = first?.stride ?? 0;
  const reach = (sign: 1 | -1) =>
    inner.reduce((sum, axis) => sum + Math.max(0, sign * axis.stride) * (axis.length - 1), 0);
  const [before, after] = [reach(-1), reach(1)];
  const section: Section | typeof ALL = (from, count) => {
    const [a, b] = [offset + from * stride, offset + (from + count - 1) * stride];
    return [Math.min(a, b) - before, Math.abs(b - a) + before + after + 1];
  };
  return { section, offset: (count: number) => before + (stride < 0 ? -stride * (count - 1) : 0) };
}

/**
 * The adjoint where no element of x is read twice: each finds out whether it was read, and by whom. The axis with the
 * largest stride tells its place first, as long as the others together do not reach so far.
 */
function scattered(maps: Maps, gradY: Tensor, axes: readonly Axis[], { xShape, offset }: StridedGeometry): Tensor {
  const strides = axes.map((_, axis) => sizeOf(axes.slice(axis + 1).map(({ length }) => length)));
  const order = axes.map((_, axis) => axis).sort((a, b) => Math.abs(axes[b].stride) - Math.abs(axes[a].stride));
  order.forEach((axis, at) => {
    const reach = order
      .slice(at + 1)
      .reduce((sum, other) => sum + Math.abs(axes[other].stride) * (axes[other].length - 1), 0);
    if (reach < Math.abs(axes[axis].stride)) return;
    throw new BackendError(
      "stridedAdjoint: this tensor was read with strides whose elements overlap, which a GPU cannot add up. Compute on the cpu.",
    );
  });
  const first = offset + axes.reduce((sum, { length, stride }) => sum + Math.min(0, stride * (length - 1)), 0);
  const xSize = sizeOf(xShape);
  // Slabs of x and of y are the same ones where y has x's first axis.
  const outer = xShape.find((length) => length > 1) ?? 1;
  const isCut =
    axes[0]?.length === outer && axes[0].stride === xSize / outer && offset < xSize / outer && order[0] === 0;
  return maps.map({
    operator: "stridedAdjoint",
    inputs: { gradY },
    shape: xShape,
    slabs: isCut ? outer : 1,
    key: [axes, offset],
    body: (count) => {
      const names: string[] = axes.map(() => "0");
      const code = [`let rest = i - ${first};`, "let isRead = 1;", "if (rest < 0) { isRead = 0; rest = 0; }"];
      for (const axis of order) {
        const { length, stride } = axes[axis];
        const size = Math.abs(stride);
        const now = axis === 0 && isCut ? count : length;
        code.push(quotient(`q${axis}`, "rest", size, xSize), `rest = rest - q${axis} * ${size};`);
        code.push(`if (q${axis} >= ${now}) { isRead = 0; }`);
        names[axis] = stride < 0 ? `(${now - 1} - q${axis})` : `q${axis}`;
      }
      code.push("if (rest > 0) { isRead = 0; }");
      code.push("let y = 0;", `if (isRead == 1) { y = gradY[${offsetOf(names, strides)}]; }`);
      return [code.join("\n"), "y"];
    },
  });
}
