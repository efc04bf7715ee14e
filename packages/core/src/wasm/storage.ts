import { ARRAYS, type DType, type TypedArray, typedArray } from "../dtype.js";
import { currentEngine, type Engine } from "./engine.js";
import { forget } from "./prepared.js";

/*
 * Where the elements of the cpu's tensors are: in WebAssembly's memory, where kernels find them without a copy. They are
 * given back by `dispose`, by scopes and sweeps, or, last, when the garbage collector finds the array. Small arrays,
 * float64, and what the memory's budget has no room for are ordinary arrays, which kernels copy.
 */

/** Arrays of fewer bytes are ordinary ones: copying them costs less than keeping their books. */
const SMALL = 1024;

/** The buffers of engines' memories: a memory that grows gets a new one. */
const buffers = new WeakMap<ArrayBufferLike, Engine["heap"]>();

const forgotten = new FinalizationRegistry<{ heap: Engine["heap"]; address: number }>(({ heap, address }) =>
  heap.give(address),
);

/** An array of unknown contents, in WebAssembly's memory if that makes sense and there is room. */
export function room(dtype: DType, size: number): TypedArray {
  const ArrayOf = ARRAYS[dtype];
  const bytes = size * ArrayOf.BYTES_PER_ELEMENT;
  if (bytes < SMALL || dtype === "float64") return typedArray(dtype, size);
  const engine = currentEngine();
  if (engine === undefined || engine.heap.used + bytes > engine.budget) return typedArray(dtype, size);
  const { heap, memory } = engine;
  const address = heap.take(bytes);
  if (address === undefined) return typedArray(dtype, size);
  const array = new ArrayOf(memory.buffer as ArrayBuffer, address, size);
  buffers.set(memory.buffer, heap);
  forgotten.register(array, { heap, address }, array);
  return array;
}

/** An array of zeros, likewise. */
export function zeroed(dtype: DType, size: number): TypedArray {
  const array = room(dtype, size);
  return buffers.has(array.buffer) ? array.fill(0) : array;
}

/** Where an array is in the memory of this engine; undefined for an ordinary array. */
export function addressOf(array: TypedArray, { heap }: Engine): number | undefined {
  return buffers.get(array.buffer) === heap ? array.byteOffset : undefined;
}

/** Gives an array back. */
export function release(array: TypedArray): void {
  forget(array);
  const heap = buffers.get(array.buffer);
  if (heap === undefined) return;
  forgotten.unregister(array);
  heap.give(array.byteOffset);
}
