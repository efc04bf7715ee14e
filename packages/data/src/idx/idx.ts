import { Tensor, tensor } from "@conv/core";
import { formatValue } from "@conv/core/operators";
import { arrayOf, elementTypeOf, UBYTE } from "./elements.js";
import { parseIdx } from "./parseIdx.js";

/**
 * The tensor that an IDX file holds, of the shape that the file says.
 *
 * @param bytes One whole IDX file, not gzip'ed (see `gunzip`).
 * @returns `int32` for ubyte, sbyte, short and int; `float32` for float, `float64` for double: exact, always.
 * @throws {DataError} When the bytes are not exactly one IDX file: gzip'ed, foreign, cut short, too long.
 * @example
 * readIdx(Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 2, 7, 9)).dataSync(); // Int32Array [7, 9]
 */
export function readIdx(bytes: Uint8Array): Tensor {
  const { type, shape, payload } = parseIdx(asBytes(bytes), "readIdx: the input");
  const values = arrayOf(type.dtype, payload.length / type.bytes);
  if (type === UBYTE) values.set(payload);
  else {
    const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
    for (let i = 0; i < values.length; i++) values[i] = type.get(view, i * type.bytes);
  }
  return tensor(values, shape);
}

/**
 * The IDX file of a tensor: `readIdx` gives the same tensor back.
 *
 * @param x At most 255 axes. `int32` becomes ubyte when every element is from 0 to 255, else int; `float32` becomes
 *   float, `float64` double.
 * @example
 * writeIdx(tensor([7, 9], [2], { dtype: "int32" })); // Uint8Array [0, 0, 8, 1, 0, 0, 0, 2, 7, 9]
 */
export function writeIdx(x: Tensor): Uint8Array {
  if (!(x instanceof Tensor))
    throw new TypeError(`writeIdx: x must be a Tensor, got ${formatValue(x)}. Use tensor(values).`);
  if (x.shape.length > 255) throw new RangeError(`writeIdx: IDX has at most 255 axes, x has ${x.shape.length}.`);
  const values = x.dataSync();
  const type = elementTypeOf(x.dtype, values);
  const header = 4 + 4 * x.shape.length;
  const bytes = new Uint8Array(header + type.bytes * values.length);
  bytes.set([0, 0, type.code, x.shape.length]);
  const view = new DataView(bytes.buffer);
  x.shape.forEach((length, axis) => {
    view.setUint32(4 + 4 * axis, length);
  });
  for (let i = 0; i < values.length; i++) type.set(view, header + i * type.bytes, values[i]);
  return bytes;
}

function asBytes(bytes: Uint8Array): Uint8Array {
  if (ArrayBuffer.isView(bytes)) return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  throw new TypeError(`readIdx: bytes must be a Uint8Array, got ${formatValue(bytes)}. Use new Uint8Array(buffer).`);
}
