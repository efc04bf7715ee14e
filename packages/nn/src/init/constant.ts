import { full, type Shape, ShapeError, type Tensor, tensor } from "@conv/core";
import {
  checkInteger,
  checkNumber,
  checkOptions,
  checkShape,
  formatShape,
  sizeOf,
  stridesOf,
} from "@conv/core/operators";

/** The same value everywhere. */
export function constant(shape: Shape, value: number): Tensor {
  return full(shape, checkNumber("constant", "value", value));
}

/** 0 everywhere. */
export function zeros(shape: Shape): Tensor {
  return constant(shape, 0);
}

/** 1 everywhere. */
export function ones(shape: Shape): Tensor {
  return constant(shape, 1);
}

/**
 * 1 on the diagonal of [rows, columns] and 0 elsewhere: a linear layer that passes its features on.
 *
 * @throws {ShapeError} When the shape has other than two axes.
 */
export function eye(shape: Shape): Tensor {
  if (checkShape("eye", shape).length !== 2) {
    throw new ShapeError(
      `eye: a matrix has two axes, [out, in], but the shape is ${formatShape(shape)}. Use dirac for filters.`,
    );
  }
  return withOnes(
    shape,
    Array.from({ length: Math.min(...shape) }, (_, i) => [i, i]),
  );
}

/** The options of `dirac`. */
export interface DiracOptions {
  /** The groups of the convolution; each passes its own channels on. Default 1. */
  readonly groups?: number;
}

/**
 * Filters [out, in/groups, …kernel] with a 1 in their middle that pass channels on, as many as there can be: with "same"
 * padding and an odd kernel, output channel d of a group is its input channel d.
 *
 * @throws {ShapeError} When the shape has no kernel of 1 to 3 axes, or groups do not divide its first.
 * @see `torch.nn.init.dirac_`, the same numbers.
 * @example
 * dirac([1, 1, 3]); // [[[0, 1, 0]]]
 */
export function dirac(shape: Shape, options: DiracOptions = {}): Tensor {
  checkOptions("dirac", options, ["groups"]);
  const groups = checkInteger("dirac", "groups", options.groups ?? 1, 1);
  const [out, groupChannels, ...kernel] = checkShape("dirac", shape);
  if (kernel.length < 1 || kernel.length > 3) {
    throw new ShapeError(
      `dirac: filters have 3 to 5 axes, [out, in/groups, …kernel], but the shape is ${formatShape(shape)}. Use eye for a matrix.`,
    );
  }
  if (out % groups !== 0) {
    throw new ShapeError(`dirac: groups ${groups} must divide the ${out} filters of ${formatShape(shape)}.`);
  }
  const middle = kernel.map((length) => Math.floor(length / 2));
  const passed = Math.min(out / groups, groupChannels);
  const places = Array.from({ length: groups * passed }, (_, i) => {
    const [group, d] = [Math.floor(i / passed), i % passed];
    return [(group * out) / groups + d, d, ...middle];
  });
  return withOnes(shape, places);
}

/** 0 everywhere but at these places, where it is 1. */
function withOnes(shape: Shape, places: readonly (readonly number[])[]): Tensor {
  const [values, strides] = [new Float32Array(sizeOf(shape)), stridesOf(shape)];
  for (const place of places) values[place.reduce((at, index, axis) => at + index * strides[axis], 0)] = 1;
  return tensor(values, shape);
}
