import { keep, Variable } from "@conv/autograd";
import { type Random, Tensor } from "@conv/core";
import { held } from "@conv/core/operators";
import type { Module } from "./module.js";
import { ownBufferOf } from "./ownBuffer.js";
import { defaultRandom } from "./random.js";

/**
 * Runs `fn`, which may run the model in any way; afterwards every field of every module is what it was, its buffers and values
 * of parameters bit for bit, and all generators of random numbers stand where they stood.
 *
 * @returns What `fn` returns.
 */
export function leavingAsItWas<R>(model: Module, fn: () => R): R {
  const states = model.modules().map(stateOf);
  const draws = defaultRandom().state;
  try {
    return fn();
  } finally {
    for (const state of states) restore(state);
    defaultRandom().restore(draws);
  }
}

/** What `restore` goes back to: every field of the module, its tensors, and where its generators stand. */
function stateOf(module: Module) {
  const fields = Object.getOwnPropertyDescriptors(module);
  const values = Object.values<PropertyDescriptor>(fields).map(({ value }): unknown => value);
  const generators = values.filter(isRandom).map((random) => [random, random.state] as const);
  const places = Object.entries<PropertyDescriptor>(fields).flatMap((field) => placeOf(module, field) ?? []);
  const tensors = places.flatMap((place) => {
    const tensor = place.get();
    return tensor?.isDisposed ? [] : [{ place, tensor, view: tensor && keep(Tensor.view(tensor, tensor.shape)) }];
  });
  return { module, fields, generators, tensors };
}

function isRandom(x: unknown): x is Random {
  return typeof x === "object" && x !== null && "state" in x && "restore" in x && "split" in x;
}

/** Puts everything back as it was, and takes away the fields that are new; no number was drawn. */
function restore({ module, fields, generators, tensors }: ReturnType<typeof stateOf>): void {
  for (const [random, before] of generators) random.restore(before);
  for (const { place, tensor, view } of tensors) {
    if (tensor?.isDisposed) place.put(view, true);
    else {
      if (place.get() !== tensor) place.put(tensor, false);
      view?.dispose();
    }
  }
  for (const name of new Set([...Reflect.ownKeys(fields), ...Reflect.ownKeys(module)])) {
    const before = Object.getOwnPropertyDescriptor(fields, name)?.value as PropertyDescriptor | undefined;
    const now = Object.getOwnPropertyDescriptor(module, name);
    if (before === undefined) Reflect.deleteProperty(module, name);
    else if (now?.get !== before.get || (now?.value !== before.value && !isGone(before.value))) {
      Object.defineProperty(module, name, before);
    }
  }
}

/** Whether a tensor was given back: another one of the same elements stands in its place then. */
const isGone = (x: unknown) => x instanceof Tensor && x.isDisposed;

/** A field of a module that may get another tensor. */
interface Place {
  get(): Tensor | undefined;
  /** Puts a tensor there; one that is ours is given back when another takes its place, where that is the custom. */
  put(tensor: Tensor | undefined, isOurs: boolean): void;
}

function placeOf(module: Module, [name, descriptor]: [string, PropertyDescriptor]): Place | undefined {
  const own = ownBufferOf(descriptor);
  if (own) return { get: () => own.peek(), put: (tensor) => own.put(tensor) };
  const value: unknown = descriptor.value;
  if (value instanceof Variable && value.isLeaf) {
    const put = (tensor: Tensor, isOurs: boolean) => {
      if (isOurs) value.updateValue(() => tensor);
      else value.value = tensor;
    };
    return { get: () => value[held], put: (tensor, isOurs) => tensor && put(tensor, isOurs) };
  }
  if (!(value instanceof Tensor)) return undefined;
  const get = () => {
    const now: unknown = Reflect.get(module, name);
    return now instanceof Tensor ? now : undefined;
  };
  const put = (tensor: Tensor | undefined, isOurs: boolean) => {
    if (isOurs) get()?.dispose(); // the module gives back what it replaces
    Reflect.set(module, name, tensor);
  };
  return { get, put };
}
