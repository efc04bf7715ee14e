import { fromSafetensors, type StateDict } from "../src/index.js";

/** A file as the format's page describes it: 8 bytes with the header's length, the header, the data. */
export function file(header: unknown, data: readonly number[] = [], length?: bigint): Uint8Array {
  const text = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
  const size = new Uint8Array(8);
  new DataView(size.buffer).setBigUint64(0, length ?? BigInt(text.length), true);
  return Uint8Array.of(...size, ...text, ...data);
}

export const read = (header: unknown, data?: readonly number[], length?: bigint) => () =>
  fromSafetensors(file(header, data, length));

export const content = (state: StateDict) =>
  Object.fromEntries(Object.entries(state).map(([name, t]) => [name, [t.dtype, t.shape, [...t.dataSync()]]]));

/** 1 and 2 as little-endian float32. */
export const ONE = [0, 0, 0x80, 0x3f];
export const TWO = [0, 0, 0, 0x40];
export const F32 = (shape: readonly number[], start: number, end: number) => ({
  dtype: "F32",
  shape,
  data_offsets: [start, end],
});
