import { type Device, type DType, type RandomState, type Shape, Tensor, type TypedArray } from "@conv/core";
import type { Module } from "../module.js";
import { generatorsOf } from "../train/generators.js";
import { giveBack } from "../views.js";

/** A tensor as it travels. */
interface PackedTensor {
  readonly shape: Shape;
  readonly dtype: DType;
  readonly values: TypedArray;
}

/** A model's parameters, buffers and random states, as they travel from a thread to another. */
export interface PackedModel {
  readonly tensors: Readonly<Record<string, PackedTensor>>;
  /** The states of the generators of its dropout layers, in the order of its modules. */
  readonly random: readonly RandomState[];
}

const ARRAYS = { float32: Float32Array, float64: Float64Array, int32: Int32Array };
const copy = (storage: unknown) => (storage as TypedArray).slice();

/** Where what another thread sent is until a model takes it over: memory, without what the cpu computes with. */
const received: Device = {
  name: "received",
  kernels: {},
  isHost: true,
  allocate: (dtype, size) => new ARRAYS[dtype](size),
  upload: copy,
  read: async (storage) => copy(storage),
  readSync: copy,
};

/** Copies what a model holds. */
export async function packModel(model: Module): Promise<PackedModel> {
  const random = generatorsOf(model).map(({ state }) => state);
  const tensors = Object.entries(model.snapshot()).map(async ([name, tensor]): Promise<[string, PackedTensor]> => {
    const { shape, dtype } = tensor;
    const values = await tensor.data();
    tensor.dispose();
    return [name, { shape, dtype, values }];
  });
  return { tensors: Object.fromEntries(await Promise.all(tensors)), random };
}

/** The memory of a packed model, which may move to the other thread instead of being copied. */
export function memoryOf(packed: PackedModel | undefined): ArrayBuffer[] {
  const buffers = Object.values(packed?.tensors ?? {}).map(({ values }) => values.buffer);
  return [...new Set(buffers)].filter((buffer) => buffer instanceof ArrayBuffer);
}

/**
 * Puts into a model what one like it held.
 *
 * @throws {Error} When the two are not alike.
 */
export function unpackModel(operator: string, model: Module, { tensors, random }: PackedModel): void {
  const own = model.snapshot();
  giveBack(own);
  const generators = generatorsOf(model);
  expectAlike(operator, "tensors", Object.keys(tensors), Object.keys(own));
  expectAlike(operator, "random generators", Object.keys(random), Object.keys(generators));
  const state = Object.entries(tensors).map(([name, { shape, dtype, values }]) => {
    return [name, new Tensor(received, shape, dtype, values)];
  });
  model.loadStateDict(Object.fromEntries(state));
  generators.forEach((generator, i) => {
    generator.restore(random[i]);
  });
}

function expectAlike(operator: string, what: string, sent: readonly string[], own: readonly string[]): void {
  const missing = sent.filter((name) => !own.includes(name));
  const extra = own.filter((name) => !sent.includes(name));
  if (missing.length + extra.length === 0) return;
  const parts = [
    ...(missing.length > 0 ? [`lacks ${what} ${missing.join(", ")} of the model that was sent`] : []),
    ...(extra.length > 0 ? [`has ${what} ${extra.join(", ")}, which the model that was sent does not have`] : []),
  ];
  throw new Error(
    `${operator}: this model ${parts.join(" and ")}. Build the same model in the worker and where fitInWorker is called.`,
  );
}
