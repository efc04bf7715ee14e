import { BackendError, type Device, type Kernels, Tensor } from "@conv/core";
import type { Field } from "./field.js";
import { metaKernels } from "./metaKernels.js";
import type { Traced } from "./traced.js";

/** A kernel that ran. `From` says where a tensor came from. */
export interface KernelCall<From> {
  readonly kernel: keyof Kernels<Tensor>;
  /** What it was given beside tensors: sizes, mostly. */
  readonly geometry: unknown;
  /** Where its tensors came from; those that do not depend on the input left out. */
  readonly inputs: readonly From[];
  readonly y: Traced;
}

/** What is known of the elements that a tensor would have. */
interface Memory<From> {
  readonly field: Field | undefined;
  readonly picks?: Field | undefined;
  /** Undefined if they do not depend on the input. */
  readonly from: From | undefined;
  /** The same for all tensors that share their elements: where these were made. */
  readonly elements: object;
}

/** A device for shapes alone, and how to look at its tensors. */
export interface Meta<From> {
  readonly device: Device;
  /** What is known of a tensor; nothing, if it lives elsewhere. */
  look(x: Tensor): Memory<From> | undefined;
  /** A tensor there. */
  place(x: Traced, from: From): Tensor;
  /** The same elements as a tensor of their own, come from elsewhere. */
  pass(x: Tensor, from: From): Tensor;
}

/**
 * A device whose tensors have shapes but no elements: its kernels compute nothing, so that a run costs neither time nor
 * memory, whatever the model. Tensors of other devices may meet them, so the model stays where it is.
 *
 * @param note Is told of every kernel that ran on something that depends on the input; where its result comes from.
 * @see PyTorch, "Meta device".
 */
export function metaDevice<From extends object>(note: (call: KernelCall<From>) => From): Meta<From> {
  const memories = new WeakMap<object, Memory<From>>();
  const store = (memory: Omit<Memory<From>, "elements">, elements: object = memory.from ?? {}): object => {
    const storage = {};
    memories.set(storage, { ...memory, elements });
    return storage;
  };
  const look = (x: Tensor) => (x.device === device ? memories.get(Object(x.storage)) : undefined);
  const place = (x: Traced, from: From | undefined) =>
    new Tensor(device, x.shape, x.dtype, store({ field: x.field, picks: x.picks, from }));
  const bare = (x: unknown): unknown => {
    if (Array.isArray(x)) return x.map(bare);
    if (!(x instanceof Tensor)) return x;
    const { field, picks } = look(x) ?? {};
    return { shape: x.shape, dtype: x.dtype, field, picks, macs: 0 };
  };
  const isOperand = (x: unknown) => x instanceof Tensor || Array.isArray(x);

  const wrap =
    (kernel: keyof Kernels<Tensor>, rule: (...args: never[]) => Traced) =>
    (...args: readonly unknown[]): Tensor => {
      const y: Traced = Reflect.apply(rule, undefined, args.map(bare));
      const tensors = args.flat().filter((x) => x instanceof Tensor);
      const inputs = tensors.map((x) => look(x)?.from).filter((from) => from !== undefined);
      const geometry = args.find((x) => x !== undefined && !isOperand(x));
      return place(y, inputs.length === 0 ? undefined : note({ kernel, geometry, inputs, y }));
    };
  const refuse = (): never => {
    throw new BackendError(
      "it looks at the elements of a tensor, but only shapes are computed here. Move that out of forward.",
    );
  };

  const names = Object.keys(metaKernels) as (keyof Kernels<Tensor>)[];
  const constant = () => store({ field: undefined, from: undefined });
  const device: Device = {
    name: "meta",
    kernels: Object.fromEntries(names.map((name) => [name, wrap(name, metaKernels[name])])),
    isHost: false,
    isMeta: true,
    allocate: constant,
    upload: constant,
    read: async () => refuse(),
    readSync: refuse,
  };
  const pass = (x: Tensor, from: From) => {
    const { field, picks, elements } = look(x) ?? { field: undefined };
    return new Tensor(device, x.shape, x.dtype, store({ field, picks, from }, elements));
  };
  return { device, look, place, pass };
}
