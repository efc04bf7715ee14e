// Between layouts: peers that keep channels last get their operands so, and give results back in the order of NCHW.

/**
 * The elements of a tensor in the order of its permuted axes: axis i of the result is axis `order[i]` of `values`.
 *
 * @param {ArrayLike<number>} values In row-major order.
 * @param {readonly number[]} shape
 * @param {readonly number[]} order
 * @example
 * permuted([1, 2, 3, 4, 5, 6], [2, 3], [1, 0]); // [1, 4, 2, 5, 3, 6]
 */
export function permuted(values, shape, order) {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
  const lengths = order.map((axis) => shape[axis]);
  const steps = order.map((axis) => strides[axis]);
  const result = new Float32Array(values.length);
  const index = lengths.map(() => 0);
  for (let i = 0, at = 0; i < result.length; i++) {
    result[i] = values[at];
    for (let axis = lengths.length - 1; axis >= 0; axis--) {
      at += steps[axis];
      if (++index[axis] < lengths[axis]) break;
      at -= steps[axis] * lengths[axis];
      index[axis] = 0;
    }
  }
  return result;
}

/** The shape that `permuted` gives. */
export const permutedShape = (shape, order) => order.map((axis) => shape[axis]);

/** Orders of axes from the first layout to the second. */
export const ORDERS = {
  nchwToNhwc: [0, 2, 3, 1],
  nhwcToNchw: [0, 3, 1, 2],
  oihwToHwio: [2, 3, 1, 0],
  oihwToHwoi: [2, 3, 0, 1], // a depthwise kernel of tfjs: [H, W, C, 1]
};
