import { BackendError, type DType, type Shape, ShapeError, type Tensor, type TypedArray, tensor } from "@conv/core";
import { checkInteger, checkOptions, formatShape, formatValue, sizeOf } from "@conv/core/operators";
import { arrayOf } from "./idx/elements.js";

/** Some examples of a dataset with what is to be learned of them. */
export interface Batch {
  /** float32 [n, …xShape]. */
  readonly x: Tensor;
  /** int32 [n]: a class for each example, from 0. Else targets of any shape and dtype: [n, …]. */
  readonly y: Tensor;
  /** Gives back the tensors that were made for this batch. Calling it again does nothing. */
  dispose?(): void;
}

/** What a `DataLoader` takes: a finite list of examples, there at once or on demand, with targets of any kind. */
export interface AnyDataset {
  /** How it is called in tables and logs. */
  readonly name: string;
  /** Number of examples. */
  readonly length: number;
  /** Shape of one example: [1, 28, 28] for MNIST. */
  readonly xShape: Shape;
  /** Number of classes, when y are classes; labels are below it. */
  readonly classes?: number;
  /** What the classes are called, in the order of their labels. */
  readonly classNames?: readonly string[];
  /** The file of each example, when each has one. */
  readonly paths?: readonly string[];
  /**
   * The examples of these indices, in this order; an index may repeat. At once, or as a promise.
   *
   * @throws {RangeError} When an index is not an integer from 0 to length − 1.
   */
  get(indices: ArrayLike<number>): Batch | Promise<Batch>;
}

/** A finite list of examples with labels, in memory. A plain interface: any object of this form is a dataset. */
export interface Dataset extends AnyDataset {
  /** Number of classes; labels are below it. 0 where y are no classes. */
  readonly classes: number;
  get(indices: ArrayLike<number>): Batch;
}

/** The options of `tensorDataset`. */
export interface TensorDatasetOptions {
  /** Number of classes. Default: the largest label and one, for y int32 [N]; else 0, for y are no classes. */
  readonly classes?: number;
  /** Default: "tensors". */
  readonly name?: string;
}

/**
 * A dataset of two tensors. Their elements are copied.
 *
 * @param x [N, …]: one example per row of the first axis; converted to float32, otherwise left as they are.
 * @param y [N], int32: a class for each example, from 0. Or targets of any other dtype or shape [N, …], handed out as they
 *   are: numbers to predict, the classes of pixels. With `classes`, y [N] are labels whatever their dtype.
 * @throws {ShapeError} When x and y do not hold the same number of examples.
 * @throws {RangeError} When a label is not an integer of at least 0, or not below `classes`.
 * @throws {BackendError} When they are on a device that does not give its elements at once.
 */
export function tensorDataset(x: Tensor, y: Tensor, options: TensorDatasetOptions = {}): Dataset {
  checkOptions("tensorDataset", options, ["classes", "name"]);
  const { name = "tensors", classes } = options;
  if (x.shape.length === 0 || y.shape.length === 0 || x.shape[0] !== y.shape[0]) {
    throw new ShapeError(
      `tensorDataset: x ${formatShape(x.shape)} and y ${formatShape(y.shape)} do not pair up. Pass x [N, …] and y [N, …].`,
    );
  }
  if (classes !== undefined) checkInteger("tensorDataset", "classes", classes, 1);
  const [length, ...xShape] = x.shape;
  const isLabels = y.shape.length === 1 && (y.dtype === "int32" || classes !== undefined);
  const [values, targets] = [elementsOf("x", x), elementsOf("y", y)];
  const all = isLabels ? checkLabels(targets, classes) : (classes ?? 0);
  const dtype = isLabels ? "int32" : y.dtype;
  return arrayDataset(
    name,
    length,
    all,
    { values, shape: xShape },
    { values: targets, shape: y.shape.slice(1), dtype },
  );
}

function elementsOf(name: string, x: Tensor): TypedArray {
  try {
    return x.dataSync();
  } catch (cause) {
    if (!(cause instanceof BackendError) || x.isDisposed) throw cause;
    throw new BackendError(
      `tensorDataset: ${name} is on ${x.device.name}, which does not give its elements at once. Pass await ${name}.toAsync(cpu).`,
      { cause },
    );
  }
}

/** The number of classes: one more than the largest label, unless it is given. */
function checkLabels(labels: ArrayLike<number>, classes: number | undefined): number {
  let largest = 0;
  for (let i = 0; i < labels.length; i++) {
    if (!Number.isInteger(labels[i]) || labels[i] < 0) {
      throw new RangeError(`tensorDataset: y[${i}] is ${labels[i]}, but a label is an integer of at least 0.`);
    }
    largest = Math.max(largest, labels[i]);
  }
  if (classes !== undefined && classes <= largest) {
    throw new RangeError(
      `tensorDataset: classes is ${classes}, but y has the label ${largest}. Use at least ${largest + 1}.`,
    );
  }
  return classes ?? largest + 1;
}

/** One side of the examples of an `arrayDataset`. */
export interface Column {
  /** [N, …shape]. */
  readonly values: ArrayLike<number>;
  /** Shape of one example. */
  readonly shape: Shape;
  /** Of the tensors that are handed out. Default: float32. */
  readonly dtype?: DType;
  /** What values are divided by as they are handed out: pixels can stay bytes until then. Default: 1. */
  readonly unit?: number;
}

/** A dataset of N examples in arrays that fit together already. */
export function arrayDataset(name: string, length: number, classes: number, x: Column, y: Column): Dataset {
  const get = (indices: ArrayLike<number>): Batch => {
    checkIndices(name, length, indices);
    return { x: rowsOf(x, indices), y: rowsOf(y, indices) };
  };
  return { name, length, xShape: x.shape, classes, get };
}

/** A column of labels. */
export function labelColumn(values: ArrayLike<number>): Column {
  return { values, shape: [], dtype: "int32" };
}

/** @throws {TypeError} When it is no dataset: a promise of one, say. */
export function expectDataset(operator: string, name: string, dataset: unknown): void {
  const { length, get, then } = Object(dataset) as Record<string, unknown>;
  if (Number.isInteger(length) && typeof get === "function") return;
  const isLater = typeof then === "function";
  const [what, advice] = isLater
    ? ["a promise", "Wait for it: await mnist()"]
    : [formatValue(dataset), "Make one with tensorDataset(x, y)"];
  throw new TypeError(`${operator}: ${name} must be a dataset, with length and get, got ${what}. ${advice}.`);
}

/** @throws {RangeError} When an index is not an integer from 0 to length − 1. */
export function checkIndices(name: string, length: number, indices: ArrayLike<number>, operator = "get"): void {
  for (let n = 0; n < indices.length; n++) {
    const index = indices[n];
    if (!Number.isInteger(index) || index < 0 || index >= length) {
      throw new RangeError(`${operator}: indices[${n}] is ${index}, but ${name} has the examples 0 to ${length - 1}.`);
    }
  }
}

/** The rows of a column that have these indices. */
function rowsOf({ values, shape, dtype = "float32", unit = 1 }: Column, indices: ArrayLike<number>): Tensor {
  const size = sizeOf(shape);
  const rows = arrayOf(dtype, indices.length * size);
  for (let n = 0, at = 0; n < indices.length; n++) {
    for (let from = indices[n] * size, i = 0; i < size; i++) rows[at++] = values[from + i] / unit;
  }
  return tensor(rows, [indices.length, ...shape]);
}
