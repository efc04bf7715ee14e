import { type Device, type DType, type Shape, Tensor } from "@conv/core";
import { sizeOf } from "@conv/core/operators";
import type { Engine } from "./engine.js";
import { beyondRange } from "./source.js";
import { GpuStorage } from "./storage.js";
import type { Merge, Section } from "./task.js";

/** What a kernel computes: statements, and the result as an expression. */
export type Body = readonly [statements: string, result: string];

/** A map of tensors, each element of whose result is computed on its own. */
export interface MapSpec {
  /** The kernel, as errors name it. */
  readonly operator: string;
  /** The tensors, under the names that the body has for them. */
  readonly inputs: Readonly<Record<string, Tensor>>;
  /** Numbers that may change from call to call, under their names. */
  readonly numbers?: Readonly<Record<string, number>>;
  readonly shape: Shape;
  /** Default: that of the first input. */
  readonly dtype?: DType;
  /** What the body depends on, beside the sizes of inputs and result. */
  readonly key?: unknown;
  /** Into how many equal slabs the map falls along its outermost axis. Default 1. */
  readonly slabs?: number;
  /** What some slabs read of an input, where it is not just these slabs of it: `ALL`, or a section of its own. */
  readonly sections?: Readonly<Record<string, Section | typeof ALL>>;
  /** How the slabs' results become one. Default: they stand one after another. */
  readonly merge?: Merge | undefined;
  /** Whether integers can become larger than they were, other than in sums (see `plus`). */
  readonly grows?: boolean;
  /** The body for that many slabs: `i` counts the elements of the result. */
  body(slabs: number): Body;
}

/** Every slab reads all of an input. */
export const ALL = "all";

/** How kernels are written: as maps of tensors of one device. */
export class Maps {
  readonly engine: Engine;
  readonly #device: () => Device;

  constructor(engine: Engine, device: () => Device) {
    this.engine = engine;
    this.#device = device;
  }

  /** The result of a map, in time. Where an input has no elements, sums of them are 0. */
  map(spec: MapSpec): Tensor {
    const { operator, inputs, numbers = {}, shape, key, slabs = 1, sections = {}, merge, grows = false } = spec;
    const tensors = Object.values(inputs);
    const dtype = spec.dtype ?? tensors[0].dtype;
    const size = sizeOf(shape);
    const storages = tensors.map((x) => x.storage as GpuStorage); // throws if one was disposed of
    if (size === 0) return this.#tensor(shape, new GpuStorage(dtype, 0));
    if (tensors.some((x) => x.size === 0)) return this.fill(shape, dtype, 0);
    const names = [...Object.keys(inputs), ...Object.keys(numbers)];
    const read = Object.entries(inputs).map(([name, x]): Section | undefined => {
      const slab = x.size / slabs;
      const section = sections[name] ?? ((from, count) => [from * slab, count * slab]);
      return section === ALL ? undefined : section;
    });
    const name = `${operator} ${dtype} ${tensors.map((x) => x.size)} ${size} ${keyText(key)}`;
    const storage = this.engine.compute({
      operator,
      inputs: storages,
      numbers: Object.values(numbers),
      dtype,
      size,
      slabs,
      sections: read,
      merge,
      program: (count) => ({
        key: `${name} ${count}`,
        size: merge === undefined ? (size / slabs) * count : size,
        source: () => textOf(names, spec.body(count), grows && dtype === "int32"),
      }),
    });
    return this.#tensor(shape, storage);
  }

  /** The elements of all these tensors of one type, one after another. */
  append(operator: string, tensors: readonly Tensor[], shape: Shape): Tensor {
    const storages = tensors.filter((x) => x.size > 0).map((x) => x.storage as GpuStorage);
    return this.#tensor(shape, this.engine.append(operator, storages));
  }

  /** A tensor of one number. */
  fill(shape: Shape, dtype: DType, value: number): Tensor {
    return this.#tensor(shape, this.fillStorage(dtype, sizeOf(shape), value));
  }

  /** The storage of such a tensor. */
  fillStorage(dtype: DType, size: number, value: number): GpuStorage {
    if (size === 0) return new GpuStorage(dtype, 0);
    return this.engine.compute({
      operator: "fill",
      inputs: [],
      numbers: [value],
      dtype,
      size,
      slabs: size,
      sections: [],
      program: (count) => ({
        key: `fill ${count}`,
        size: count,
        source: () => textOf(["value"], ["", "value"], false),
      }),
    });
  }

  #tensor(shape: Shape, storage: GpuStorage): Tensor {
    return new Tensor(this.#device(), shape, storage.dtype, storage);
  }
}

/** What a body depends on, as text. JSON has no infinities: it would make them null, all of them. */
function keyText(key: unknown): string {
  return JSON.stringify(key, (_, value) => (typeof value === "number" && !Number.isFinite(value) ? `${value}` : value));
}

/** The function of a kernel. */
function textOf(names: readonly string[], [statements, result]: Body, isGuarded: boolean): string {
  const last = isGuarded ? `let total = ${result};\n${beyondRange("total")}\nreturn total;` : `return ${result};`;
  return `function kernel(${names.join(", ")}) {\nconst i = this.thread.x;\n${statements}\n${last}\n}`;
}
