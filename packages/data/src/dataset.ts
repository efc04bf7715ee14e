import { type Shape, ShapeError, type Tensor, tensor } from "@conv/core";
import { checkInteger, checkOptions, formatShape } from "@conv/core/operators";

/** Some examples of a dataset with their labels. */
export interface Batch {
  /** float32 [n, …xShape]. */
  readonly x: Tensor;
  /** int32 [n]: a class for each example, from 0. */
  readonly y: Tensor;
}

/** A finite list of examples with labels. A plain interface: any object of this form is a dataset. */
export interface Dataset {
  /** How it is called in tables and logs. */
  readonly name: string;
  /** Number of examples. */
  readonly length: number;
  /** Shape of one example: [1, 28, 28] for MNIST. */
  readonly xShape: Shape;
  /** Number of classes; labels are below it. */
  readonly classes: number;
  /**
   * The examples of these indices, in this order; an index may repeat.
   *
   * @throws {RangeError} When an index is not an integer from 0 to length − 1.
   */
  get(indices: ArrayLike<number>): Batch;
}

/** The options of `tensorDataset`. */
export interface TensorDatasetOptions {
  /** Number of classes. Default: the largest label and one. */
  readonly classes?: number;
  /** Default: "tensors". */
  readonly name?: string;
}

/**
 * A dataset of two tensors. Their elements are copied.
 *
 * @param x [N, …]: one example per row of the first axis; converted to float32, otherwise left as they are.
 * @param y [N]: integers of at least 0.
 * @throws {ShapeError} When x and y do not hold the same number of examples.
 * @throws {RangeError} When a label is not such an integer, or not below `classes`.
 */
export function tensorDataset(x: Tensor, y: Tensor, options: TensorDatasetOptions = {}): Dataset {
  checkOptions("tensorDataset", options, ["classes", "name"]);
  const { name = "tensors", classes } = options;
  if (x.shape.length === 0 || y.shape.length !== 1 || x.shape[0] !== y.shape[0]) {
    throw new ShapeError(
      `tensorDataset: x ${formatShape(x.shape)} and y ${formatShape(y.shape)} do not pair up. Pass x [N, …] and y [N].`,
    );
  }
  const labels = y.dataSync();
  let largest = 0;
  for (let i = 0; i < labels.length; i++) {
    if (!Number.isInteger(labels[i]) || labels[i] < 0) {
      throw new RangeError(`tensorDataset: y[${i}] is ${labels[i]}, but a label is an integer of at least 0.`);
    }
    largest = Math.max(largest, labels[i]);
  }
  if (classes !== undefined && checkInteger("tensorDataset", "classes", classes, 1) <= largest) {
    throw new RangeError(
      `tensorDataset: classes is ${classes}, but y has the label ${largest}. Use at least ${largest + 1}.`,
    );
  }
  return arrayDataset(name, x.shape.slice(1), classes ?? largest + 1, x.dataSync(), Int32Array.from(labels), 1);
}

/**
 * A dataset of arrays that fit together already. Examples are divided by `unit` as they are handed out: pixels can stay
 * bytes until then.
 *
 * @param values [N, …xShape].
 * @param labels [N].
 */
export function arrayDataset(
  name: string,
  xShape: Shape,
  classes: number,
  values: ArrayLike<number>,
  labels: Int32Array | Uint8Array,
  unit: number,
): Dataset {
  const { length } = labels;
  const size = length === 0 ? 0 : values.length / length;
  const get = (indices: ArrayLike<number>): Batch => {
    const x = new Float32Array(indices.length * size);
    const y = new Int32Array(indices.length);
    for (let n = 0; n < indices.length; n++) {
      const index = indices[n];
      if (!Number.isInteger(index) || index < 0 || index >= length) {
        throw new RangeError(`get: indices[${n}] is ${index}, but ${name} has the examples 0 to ${length - 1}.`);
      }
      y[n] = labels[index];
      for (let i = 0; i < size; i++) x[n * size + i] = values[index * size + i] / unit;
    }
    return { x: tensor(x, [indices.length, ...xShape]), y: tensor(y) };
  };
  return { name, length, xShape, classes, get };
}
