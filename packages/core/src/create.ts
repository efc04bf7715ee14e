import { cpu } from "./device/cpu.js";
import { checkDType, type DType, dtypeOf, type TypedArray, typedArray } from "./dtype.js";
import { ShapeError } from "./errors.js";
import { checkInteger, checkOptions, formatValue } from "./options.js";
import { checkShape, formatShape, type Shape, sizeOf } from "./shape.js";
import { allocate, type Device, expectDevice, type NestedArray, Tensor } from "./tensor.js";

/** Where a new tensor lives and of what type its elements are. */
export interface TensorOptions {
  /** Default: that of a typed array given as values, else `float32`. */
  readonly dtype?: DType;
  /** Default: `cpu`. */
  readonly device?: Device;
}

const OPTIONS = ["dtype", "device"] as const;

/**
 * A tensor of given values.
 *
 * @param values A number (a scalar), nested arrays, or a typed array. They are copied.
 * @param shape Default: that of the nested arrays; one axis for a typed array.
 * @throws {ShapeError} When nested arrays are ragged, or their number of elements is not that of `shape`.
 * @throws {RangeError} When an `int32` is asked for and a value is fractional or outside its range.
 * @example
 * tensor([[1, 2], [3, 4]]).shape; // [2, 2]
 */
export function tensor(values: NestedArray | TypedArray, shape?: Shape, options: TensorOptions = {}): Tensor {
  checkOptions("tensor", options, OPTIONS);
  if (ArrayBuffer.isView(values) && dtypeOf(values) === undefined) {
    throw new TypeError(
      "tensor: values must be a number, nested arrays, or a Float32Array, Float64Array or Int32Array, " +
        `got a ${(values as object).constructor.name}.`,
    );
  }
  const flat = ArrayBuffer.isView(values) ? values : flatten(values);
  const inferred = ArrayBuffer.isView(values) ? [values.length] : shapeOfNested(values);
  const target = shape === undefined ? inferred : checkShape("tensor", shape);
  if (flat.length !== sizeOf(target)) {
    throw new ShapeError(
      `tensor: ${flat.length} values do not fill the shape ${formatShape(target)}, which has ${sizeOf(target)} elements.`,
    );
  }
  const dtype = checkDType(
    "tensor",
    options.dtype ?? (ArrayBuffer.isView(values) ? dtypeOf(values) : undefined) ?? "float32",
  );
  const copy = typedArray(dtype, flat.length);
  copy.set(flat);
  if (dtype === "int32") checkIntegers("tensor", flat, copy);
  return place("tensor", copy, target, dtype, options);
}

/**
 * A tensor of zeros.
 *
 * @param options `dtype` "float32", `device` cpu.
 * @throws {RangeError} When an axis is not an integer of at least 0.
 * @example
 * zeros([2, 2]); // [[0, 0], [0, 0]]
 */
export function zeros(shape: Shape, options: TensorOptions = {}): Tensor {
  checkOptions("zeros", options, OPTIONS);
  const { dtype = "float32" } = options;
  return allocate(deviceOf("zeros", options), checkShape("zeros", shape), checkDType("zeros", dtype));
}

/**
 * A tensor of ones.
 *
 * @param options `dtype` "float32", `device` cpu.
 * @throws {RangeError} When an axis is not an integer of at least 0.
 */
export function ones(shape: Shape, options: TensorOptions = {}): Tensor {
  return filled("ones", shape, 1, options);
}

/**
 * A tensor whose every element is `value`.
 *
 * @param options `dtype` "float32", `device` cpu.
 * @throws {RangeError} When an axis is not an integer of at least 0, or int32 cannot hold the value.
 * @example
 * full([2], 7); // [7, 7]
 */
export function full(shape: Shape, value: number, options: TensorOptions = {}): Tensor {
  return filled("full", shape, value, options);
}

/**
 * The numbers 0 to n − 1.
 *
 * @param options `dtype` "float32": ask for "int32" where they are indices.
 * @throws {RangeError} When n is not an integer of at least 0, or the dtype cannot count so far (float32: 2²⁴).
 * @example
 * arange(4); // [0, 1, 2, 3]
 */
export function arange(n: number, options: TensorOptions = {}): Tensor {
  checkOptions("arange", options, OPTIONS);
  checkInteger("arange", "n", n, 0);
  const dtype = checkDType("arange", options.dtype ?? "float32");
  if (dtype === "float32" && n > 2 ** 24 + 1) {
    throw new RangeError(`arange: float32 counts to 2^24 only, got n ${n}. Use dtype: "int32".`);
  }
  const values = Float64Array.from({ length: n }, (_, i) => i);
  return tensor(values, [n], { ...options, dtype });
}

/**
 * The identity matrix: n rows and columns, ones along the diagonal.
 *
 * @throws {RangeError} When n is not an integer of at least 0.
 * @example
 * eye(2); // [[1, 0], [0, 1]]
 */
export function eye(n: number, options: TensorOptions = {}): Tensor {
  checkOptions("eye", options, OPTIONS);
  const dtype = checkDType("eye", options.dtype ?? "float32");
  const values = typedArray(dtype, checkInteger("eye", "n", n, 0) ** 2);
  for (let i = 0; i < n; i++) values[i * n + i] = 1;
  return place("eye", values, [n, n], dtype, options);
}

function filled(operator: string, shape: Shape, value: number, options: TensorOptions): Tensor {
  checkOptions(operator, options, OPTIONS);
  const target = checkShape(operator, shape);
  const dtype = checkDType(operator, options.dtype ?? "float32");
  if (typeof value !== "number") {
    throw new TypeError(
      `${operator}: value must be a number, got ${formatValue(value)}. Write ${operator}(shape, value).`,
    );
  }
  const values = typedArray(dtype, sizeOf(target)).fill(value);
  if (dtype === "int32") checkIntegers(operator, [value], typedArray(dtype, 1).fill(value));
  return place(operator, values, target, dtype, options);
}

/** The tensor of these values on the device of the options. */
function place(operator: string, values: TypedArray, shape: Shape, dtype: DType, options: TensorOptions): Tensor {
  const device = deviceOf(operator, options);
  return new Tensor(device, shape, dtype, device.upload(values));
}

function deviceOf(operator: string, { device = cpu }: TensorOptions): Device {
  expectDevice(operator, device);
  return device;
}

function checkIntegers(operator: string, given: ArrayLike<number>, stored: TypedArray): void {
  for (let i = 0; i < stored.length; i++) {
    if (given[i] !== stored[i]) {
      throw new RangeError(
        `${operator}: int32 holds integers from -2147483648 to 2147483647, got ${given[i]}. Use dtype: "float64".`,
      );
    }
  }
}

function shapeOfNested(values: NestedArray): number[] {
  const shape: number[] = [];
  for (let inner = values; Array.isArray(inner); inner = inner[0]) {
    shape.push(inner.length);
    if (inner.length === 0) break;
  }
  return shape;
}

/** The numbers of nested arrays in order; every array at one depth must have the same length. */
function flatten(values: NestedArray): number[] {
  const shape = shapeOfNested(values);
  const flat: number[] = [];
  const visit = (value: NestedArray, axis: number): void => {
    if (Array.isArray(value)) {
      if (axis >= shape.length || value.length !== shape[axis]) {
        throw new ShapeError(
          `tensor: the nested arrays are ragged: at depth ${axis} one has length ${value.length}` +
            `${axis < shape.length ? `, the first has ${shape[axis]}` : ", where the first is a number"}. Make them equal.`,
        );
      }
      for (const inner of value) visit(inner, axis + 1);
    } else if (typeof value !== "number") {
      throw new TypeError(`tensor: every value must be a number, got ${formatValue(value)}.`);
    } else if (axis !== shape.length) {
      throw new ShapeError(
        `tensor: the nested arrays are ragged: a number stands where the first is an array. Make them equal.`,
      );
    } else {
      flat.push(value);
    }
  };
  visit(values, 0);
  return flat;
}
