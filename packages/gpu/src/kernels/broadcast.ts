import type { Shape, Tensor } from "@conv/core";
import { broadcastShapes, sizeOf, stridesOf } from "@conv/core/operators";
import { ALL, type Body, type MapSpec, type Maps } from "../maps.js";
import { axisNames, offsetOf, positionOf } from "../source.js";

/**
 * A map of elements of several tensors that broadcast to one shape.
 *
 * @param body Given an expression for the element of each tensor. The arrays are called `x_` and the tensor's name.
 */
export function broadcast<Name extends string>(
  maps: Maps,
  operator: string,
  tensors: Readonly<Record<Name, Tensor>>,
  body: (at: Readonly<Record<Name, string>>) => Body,
  options: Pick<MapSpec, "dtype" | "grows" | "numbers"> = {},
): Tensor {
  const entries = Object.entries<Tensor>(tensors) as [Name, Tensor][];
  const shapes = entries.map(([, x]) => x.shape);
  const shape = shapes.reduce((a, b) => broadcastShapes(operator, a, b));
  const inputs = Object.fromEntries(entries.map(([name, x]) => [`x_${name}`, x]));
  const bodyAt = (offsets: readonly string[]): Body =>
    body(Object.fromEntries(entries.map(([name], t) => [name, `x_${name}[${offsets[t]}]`])) as Record<Name, string>);
  const isEven = shapes.every((s) => sizeOf(s) === sizeOf(shape));
  if (isEven) {
    const spec = { operator, inputs, shape, slabs: sizeOf(shape), key: "even", ...options };
    return maps.map({ ...spec, body: () => bodyAt(entries.map(() => "i")) });
  }
  const { lengths, steps } = aligned(shape, shapes);
  const outer = lengths[0];
  const sections = entries.flatMap(([name], t) => (steps[t][0] === 0 ? [[`x_${name}`, ALL] as const] : []));
  return maps.map({
    operator,
    inputs,
    shape,
    slabs: outer,
    sections: Object.fromEntries(sections),
    key: [lengths, steps],
    ...options,
    body: (count) => {
      const { code, at } = positionOf("i", [count, ...lengths.slice(1)], axisNames("p", lengths));
      const [before, result] = bodyAt(steps.map((step) => offsetOf(at, step)));
      return [`${code}\n${before}`, result];
    },
  });
}

/** The axes of `shape` with the steps of tensors along them: those of length 1 left out, those joined that all pass evenly. */
function aligned(shape: Shape, shapes: readonly Shape[]) {
  const lengths: number[] = [];
  const steps: number[][] = shapes.map(() => []);
  const given = shapes.map((from) => {
    const strides = stridesOf(from);
    const missing = shape.length - from.length;
    return shape.map((_, axis) => (axis < missing || from[axis - missing] === 1 ? 0 : strides[axis - missing]));
  });
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] === 1) continue;
    const isJoined = lengths.length > 0 && given.every((s, t) => s[axis] === steps[t][0] * lengths[0]);
    if (isJoined) lengths[0] *= shape[axis];
    else {
      lengths.unshift(shape[axis]);
      for (let t = 0; t < given.length; t++) steps[t].unshift(given[t][axis]);
    }
  }
  return { lengths: lengths.length > 0 ? lengths : [1], steps: lengths.length > 0 ? steps : steps.map(() => [0]) };
}
