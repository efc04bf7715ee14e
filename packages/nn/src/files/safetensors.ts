import { BackendError, type Tensor, tensor } from "@conv/core";
import { checkOptions, expectTensor, formatValue } from "@conv/core/operators";
import type { StateDict } from "../module.js";
import { READERS, type SafetensorsDType, WRITERS } from "./fileDTypes.js";
import { HALF_CHARACTER, METADATA, parseFile } from "./header.js";

/** How `toSafetensors` writes. */
export interface SafetensorsOptions {
  /**
   * What elements become in the file: `"F16"`, `"BF16"`, `"F32"` or `"F64"` concerns the floating-point tensors, `"I32"` or
   * `"I64"` the int32 ones; the others keep theirs. A function decides for each tensor; undefined: it keeps its own.
   * Default: every tensor keeps its own.
   */
  readonly dtype?: SafetensorsDType | ((name: string, value: Tensor) => SafetensorsDType | undefined);
}

const OWN = { float32: "F32", float64: "F64", int32: "I32" } as const;

/**
 * Tensors by name in the safetensors format: 8 bytes with the header's length, a JSON header, the elements row-major and
 * little-endian. The bytes are those that the reference implementation writes.
 *
 * Numbers that the file's dtype lacks become the nearest that it has, of two equally near the even one; those too large for
 * it infinite.
 *
 * @param metadata Strings by name, kept in the header.
 * @throws {BackendError} When a tensor's device cannot answer at once: see `stateToCpu`.
 * @throws {TypeError} When a name, a string or a dtype is none that the format has.
 * @see https://github.com/huggingface/safetensors, "Format".
 * @example
 * toSafetensors(model.stateDict(), {}, { dtype: "F16" }); // half the size
 */
export function toSafetensors(
  state: StateDict,
  metadata: Readonly<Record<string, string>> = {},
  options: SafetensorsOptions = {},
): Uint8Array {
  expectLittleEndian();
  checkOptions("toSafetensors", options, ["dtype"]);
  checkNames(state, metadata);
  const entries = Object.entries(state).map(([name, value]) => ({ name, value, ...layoutOf(name, value, options) }));
  entries.sort((a, b) => b.rank - a.rank || compareText(a.name, b.name));
  // By hand: an object would put names that are numbers first.
  const header = Object.keys(metadata).length > 0 ? [`"${METADATA}":${JSON.stringify(metadata)}`] : [];
  const starts: number[] = [];
  let end = 0;
  for (const { name, value, dtype, size } of entries) {
    starts.push(end);
    end += value.size * size;
    const entry = { dtype, shape: value.shape, data_offsets: [end - value.size * size, end] };
    header.push(`${JSON.stringify(name)}:${JSON.stringify(entry)}`);
  }
  const text = new TextEncoder().encode(`{${header.join(",")}}`);
  const dataStart = 8 + Math.ceil(text.length / 8) * 8;
  const file = new ArrayBuffer(dataStart + end);
  new DataView(file).setBigUint64(0, BigInt(dataStart - 8), true);
  const bytes = new Uint8Array(file).fill(32, 8, dataStart); // padded with spaces
  bytes.set(text, 8);
  entries.forEach(({ name, value, write }, i) => {
    write(elementsOf(name, value), file, dataStart + starts[i]);
  });
  return bytes;
}

/**
 * The tensors of a safetensors file, exactly: BOOL, U8, I8, U16, I16 and I32 as int32; F8, F16, BF16 and F32 as float32;
 * F64 as float64; U32, I64 and U64 as int32 if all elements fit, else as float64.
 *
 * @throws {FormatError} When the bytes are cut off, are no such file, or contradict themselves; when a dtype is none of these,
 *   or an integer beyond ±2⁵³.
 * @throws {TypeError} When they are no Uint8Array.
 */
export function fromSafetensors(bytes: Uint8Array): StateDict {
  expectLittleEndian();
  const { entries, data } = parseFile(bytes);
  return Object.fromEntries(
    entries.map(([name, { dtype, shape, data_offsets }]) => {
      const copy = new Uint8Array(data.subarray(...data_offsets)); // aligned; `slice` of Node's Buffer would be no copy
      return [name, tensor(READERS[dtype].read(copy.buffer, name), shape)];
    }),
  );
}

/** The strings that a safetensors file keeps beside its tensors. */
export function safetensorsMetadata(bytes: Uint8Array): Readonly<Record<string, string>> {
  return parseFile(bytes).metadata;
}

/**
 * The same tensors on the cpu, for what cannot wait for a device's answers, such as `toSafetensors`.
 *
 * @example
 * toSafetensors(await stateToCpu(model.stateDict()));
 */
export async function stateToCpu(state: StateDict): Promise<StateDict> {
  const onCpu = async (name: string, value: Tensor) => {
    expectTensor("stateToCpu", name, value);
    return [name, value.device.isHost ? value : tensor(await value.data(), value.shape)] as const;
  };
  return Object.fromEntries(await Promise.all(Object.entries(state).map((entry) => onCpu(...entry))));
}

function checkNames(state: StateDict, metadata: Readonly<Record<string, string>>): void {
  if (Object.hasOwn(state, METADATA)) {
    throw new TypeError(`toSafetensors: ${METADATA} is the format's own name. Give that tensor another one.`);
  }
  const odd = [...Object.keys(state), ...Object.entries(metadata).flat()].find((text) => HALF_CHARACTER.test(text));
  if (odd !== undefined) {
    throw new TypeError(`toSafetensors: ${JSON.stringify(odd)} is no Unicode text: it holds half a character.`);
  }
  const wrong = Object.keys(metadata).find((name) => typeof metadata[name] !== "string");
  if (wrong !== undefined) {
    throw new TypeError(
      `toSafetensors: metadata must be strings, but ${wrong} is ${formatValue(metadata[wrong])}. Use String(…) or JSON.stringify(…).`,
    );
  }
}

/** A tensor's dtype in the file, and how it is written. */
function layoutOf(name: string, value: Tensor, { dtype: wanted }: SafetensorsOptions) {
  expectTensor("toSafetensors", name, value);
  const given = typeof wanted === "function" ? wanted(name, value) : wanted;
  if (given !== undefined && !Object.hasOwn(WRITERS, given)) {
    throw new TypeError(
      `toSafetensors: dtype must be one of ${Object.keys(WRITERS).join(", ")}, got ${formatValue(given)}.`,
    );
  }
  const own = OWN[value.dtype];
  const isOfOtherKind = given !== undefined && WRITERS[given].isFloat !== WRITERS[own].isFloat;
  if (isOfOtherKind && typeof wanted === "function") {
    throw new TypeError(`toSafetensors: ${name} is ${value.dtype} and cannot be written as ${given}. Use cast before.`);
  }
  const dtype = given === undefined || isOfOtherKind ? own : given;
  return { dtype, ...WRITERS[dtype] };
}

function elementsOf(name: string, value: Tensor) {
  try {
    return value.dataSync();
  } catch (cause) {
    if (!(cause instanceof BackendError)) throw cause;
    throw new BackendError(
      `toSafetensors: ${name} is on ${value.device.name}, which cannot answer at once. Pass await stateToCpu(state).`,
      { cause },
    );
  }
}

/** The order of UTF-8 bytes, which is that of code points. */
function compareText(a: string, b: string): number {
  const [x, y] = [a, b].map((text) => Array.from(text, (character) => character.codePointAt(0) ?? 0));
  const i = x.findIndex((point, at) => point !== y[at]);
  return i < 0 ? x.length - y.length : x[i] - (y[i] ?? -1);
}

/** The format is little-endian, and typed arrays are as the machine is. */
function expectLittleEndian(): void {
  if (new Uint8Array(Uint16Array.of(1).buffer)[0] === 1) return;
  throw new BackendError("safetensors: this machine is big-endian, which files cannot be exchanged with.");
}
