import { keep, type Variable } from "@conv/autograd";
import { type Tensor, tensor, zeros } from "@conv/core";
import { expectShape, tidy } from "@conv/core/operators";
import type { StateDict } from "../module.js";
import { atLeastZero } from "../options.js";

/** What an optimizer keeps for one parameter: how often it stepped, and tensors of the parameter's shape by name. */
export interface ParameterState {
  step: number;
  readonly tensors: Record<string, Tensor>;
}

/** Changes parameters along their gradients. */
export abstract class Optimizer {
  /** Learning rate; may be changed between steps. */
  lr: number;
  readonly parameters: readonly Variable[];
  readonly #states: ParameterState[];
  /** What states were handed out in, or taken over from: others may hold it. */
  readonly #shown = new WeakSet<Tensor>();

  constructor(name: string, parameters: readonly Variable[], lr: number) {
    if (!Array.isArray(parameters) || parameters.length === 0) {
      throw new TypeError(`${name}: expected an array of parameters with at least one. Pass model.parameters().`);
    }
    if (new Set(parameters).size < parameters.length) {
      throw new TypeError(
        `${name}: a parameter is given twice and would move twice. Pass each once: [...new Set(parameters)].`,
      );
    }
    this.parameters = parameters;
    this.lr = atLeastZero(name, "lr", lr);
    this.#states = parameters.map(() => ({ step: 0, tensors: {} }));
  }

  /** The names of what it keeps for a parameter. */
  protected abstract readonly remembers: readonly string[];

  /** The parameter's next value, from its value p and gradient g. */
  protected abstract update(p: Tensor, g: Tensor, state: ParameterState): Tensor;

  /**
   * The `update` of this package's own optimizers, which keeps neither p nor g, and gives tensors of its own: then what a
   * step replaces is given back, unless somebody was given it. A subclass whose update is another one may keep what it likes.
   */
  protected get ownUpdate(): unknown {
    return undefined;
  }

  /** One step: every parameter that has a gradient moves. */
  step(): void {
    const isOwn = this.update === this.ownUpdate;
    this.parameters.forEach((parameter, i) => {
      const state = this.#states[i];
      if (isOwn) parameter.update((p, g) => this.#updated(p, g, state));
      else if (parameter.grad !== undefined) {
        state.step++;
        parameter.value = this.update(parameter.value, parameter.grad.value, state);
        for (const x of Object.values(state.tensors)) keep(x); // a step may be a scope
      }
    });
  }

  /** The next value; what was made on the way and what was remembered before are given back. */
  #updated(p: Tensor, g: Tensor, state: ParameterState): Tensor {
    const before = Object.values(state.tensors);
    state.step++;
    const [next] = tidy(() => [this.update(p, g, state), ...Object.values(state.tensors)]);
    const now = new Set(Object.values(state.tensors).map((x) => keep(x))); // a step may be a scope
    for (const x of before) if (!now.has(x) && !this.#shown.has(x)) x.dispose();
    return next;
  }

  /** Forgets all gradients, so that the next `backward` starts anew. */
  zeroGrad(): void {
    for (const parameter of this.parameters) parameter.grad = undefined;
  }

  /** What the optimizer remembers, by `<parameter's index>.<name>`. */
  stateDict(): StateDict {
    for (const { tensors } of this.#states) for (const x of Object.values(tensors)) this.#shown.add(x);
    return Object.fromEntries(
      this.#states.flatMap(({ step, tensors }, i) => [
        [`${i}.step`, tensor(Float64Array.of(step), [])],
        ...Object.entries(tensors).map(([name, value]) => [`${i}.${name}`, value] as const),
      ]),
    );
  }

  /**
   * Takes over what an optimizer of the same parameters remembered.
   *
   * @throws {Error} When an entry belongs to no parameter, or has not its shape. Nothing is changed then.
   */
  loadStateDict(state: StateDict): void {
    const loaded: ParameterState[] = this.#states.map(() => ({ step: 0, tensors: {} }));
    for (const [key, value] of Object.entries(state)) {
      const [, index, name] = /^(\d+)\.(\w+)$/.exec(key) ?? [];
      const [parameter, target] = [this.parameters[Number(index)], loaded[Number(index)]];
      if (target === undefined || !["step", ...this.remembers].includes(name)) {
        throw new Error(
          `loadStateDict: this optimizer has no place for ${key}. Use the model and the optimizer it was saved with.`,
        );
      }
      if (name === "step") target.step = value.item();
      else {
        expectShape("loadStateDict", key, value.shape, parameter.shape);
        target.tensors[name] = keep(value.to(parameter.device));
        this.#shown.add(target.tensors[name]);
      }
    }
    const missing = loaded.findIndex((_, i) => !(`${i}.step` in state));
    if (missing >= 0) {
      throw new Error(
        `loadStateDict: the state has nothing for parameter ${missing}, ${this.parameters[missing].value}. Use the model it was saved with.`,
      );
    }
    loaded.forEach((given, i) => {
      this.#states[i] = given;
    });
  }
}

/** A tensor that the optimizer keeps for a parameter: zeros, the first time. */
export function remembered(state: ParameterState, name: string, like: Tensor): Tensor {
  return state.tensors[name] ?? zeros(like.shape, { dtype: like.dtype, device: like.device });
}
