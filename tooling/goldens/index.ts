import { readFileSync } from "node:fs";

/** A tensor as the fixtures hold it. */
export interface GoldenTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array | Int32Array;
}

/** A case whose expected outputs PyTorch computed in float64; `fixtures/README.md` describes them. */
export interface Golden {
  readonly id: string;
  readonly op: string;
  // biome-ignore lint/suspicious/noExplicitAny: parameters differ from operator to operator
  readonly params: any;
  readonly inputs: Readonly<Record<string, GoldenTensor>>;
  readonly outputs: Readonly<Record<string, GoldenTensor>>;
  readonly tolerance: { readonly rtol: number; readonly atol: number };
}

interface Entry {
  readonly shape: readonly number[];
  readonly offset: number;
  readonly length: number;
  readonly dtype: "f32" | "i32";
}

/** The cases of a set, such as `"conv2d"`; with `ops`, only those of these operators. */
export function goldens(set: string, ops?: readonly string[]): Golden[] {
  const folder = new URL("../../fixtures/", import.meta.url);
  const { cases } = JSON.parse(readFileSync(new URL(`${set}.json`, folder), "utf8"));
  const bytes = readFileSync(new URL(`${set}.bin`, folder));
  const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  const read = ({ shape, offset, length, dtype }: Entry): GoldenTensor => ({
    shape,
    values: new (dtype === "f32" ? Float32Array : Int32Array)(buffer, offset * 4, length),
  });
  const readAll = (entries: Record<string, Entry>) =>
    Object.fromEntries(Object.entries(entries).map(([name, entry]) => [name, read(entry)]));
  return cases
    .filter(({ op }: Golden) => ops === undefined || ops.includes(op))
    .map(
      (
        given: Omit<Golden, "inputs" | "outputs"> & { inputs: Record<string, Entry>; outputs: Record<string, Entry> },
      ) => ({
        ...given,
        inputs: readAll(given.inputs),
        outputs: readAll(given.outputs),
      }),
    );
}
