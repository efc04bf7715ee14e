import { BYTES } from "./bytes.js";
import { platform } from "./platform.js";

/** What an engine may use of the machine. */
export interface Features {
  /** Fused multiply-add, from WebAssembly's relaxed SIMD: nearly twice the arithmetic. */
  readonly madd: boolean;
  /** Memory that several threads see. */
  readonly shared: boolean;
}

/** A function of no arguments whose body is this expression, as a module: to ask an engine whether it would compile. */
const probe = (...expression: number[]): Uint8Array =>
  Uint8Array.of(
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0], // magic, version
    ...[1, 4, 1, 0x60, 0, 0], // one type: () → ()
    ...[3, 2, 1, 0], // one function of it
    ...[10, expression.length + 5, 1, expression.length + 3, 0, ...expression, 0x1a, 0x0b],
  );

const ZERO = [0xfd, 12, ...new Array(16).fill(0)]; // v128.const 0

const accepts = (bytes: Uint8Array): boolean => platform.WebAssembly?.validate(bytes) ?? false;

/** Whether the platform has WebAssembly with SIMD. */
export const hasSimd = (): boolean => accepts(probe(...ZERO));

/** Whether it has `f32x4.relaxed_madd`. */
export const hasMadd = (): boolean => accepts(probe(...ZERO, ...ZERO, ...ZERO, 0xfd, 0x85, 0x02));

/**
 * The kernels, as one module for every machine: the bytes are those of plain SIMD and of an ordinary memory, and are
 * changed here for what the machine can do better.
 */
export function bytesFor({ madd, shared }: Features): Uint8Array {
  const bytes = Uint8Array.from({ length: BYTES.length / 2 }, (_, i) =>
    Number.parseInt(BYTES.slice(2 * i, 2 * i + 2), 16),
  );
  if (madd) fuse(bytes);
  if (shared) share(bytes);
  return bytes;
}

/**
 * Makes one instruction of every multiplication whose product is added to a local variable:
 *
 *     f32x4.mul, local.get i, f32x4.add  →  local.get i, f32x4.relaxed_madd, nop, nop, nop
 *
 * The operands stand on the stack in the order in which both forms want them, and both are of the same length.
 *
 * @returns How many there were.
 */
export function fuse(bytes: Uint8Array): number {
  let count = 0;
  for (let at = 0; at + 8 <= bytes.length; at++) {
    const isMul = bytes[at] === 0xfd && bytes[at + 1] === 0xe6 && bytes[at + 2] === 1 && bytes[at + 3] === 0x20;
    if (!isMul) continue;
    const index = bytes[at + 4] < 0x80 ? 1 : 2; // the bytes of the variable's number
    const add = at + 4 + index;
    if (bytes[add] !== 0xfd || bytes[add + 1] !== 0xe4 || bytes[add + 2] !== 1) continue;
    bytes.copyWithin(at, at + 3, add); // local.get i
    bytes.set([0xfd, 0x85, 0x02, 1, 1, 1], at + 1 + index);
    count++;
  }
  return count;
}

const MEMORY = [0x6d, 0x65, 0x6d, 0x6f, 0x72, 0x79, 2]; // the import called "memory", and that it is one

/** Declares the imported memory as shared: a flag of its limits. */
function share(bytes: Uint8Array): void {
  const at = bytes.findIndex((_, i) => MEMORY.every((byte, j) => bytes[i + j] === byte));
  bytes[at + MEMORY.length] = 3; // has a maximum, is shared
}
