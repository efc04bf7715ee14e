import { keep, type Variable } from "@conv/autograd";
import { BackendError, reshape, Tensor, tensor, zeros } from "@conv/core";
import { expectShape, held, tidy } from "@conv/core/operators";
import type { StateDict } from "../module.js";
import { atLeastZero } from "../options.js";
import { viewsOf } from "../views.js";
import { type GivenParameters, type GroupOptions, groupsOf, numbersOf, type ParameterGroup } from "./groups.js";

/** What an optimizer keeps for one parameter: how often it stepped, and tensors of the parameter's shape by name. */
export interface ParameterState {
  step: number;
  readonly tensors: Record<string, Tensor>;
}

/** Changes parameters along their gradients. */
export abstract class Optimizer<Options extends GroupOptions = GroupOptions> {
  /** Parameters with their options, which may be changed between steps: `optimizer.groups[0].lr = 0.01`. */
  readonly groups: readonly ParameterGroup<Options>[];
  /** The parameters of all groups. */
  readonly parameters: readonly Variable[];
  readonly #name: string;
  readonly #states: ParameterState[];
  /** What states were handed out in, or taken over from: others may hold it. */
  readonly #shown = new WeakSet<Tensor>();

  /**
   * @param name What errors call it.
   * @param parameters Parameters, or groups of them.
   * @param defaults Every option of the optimizer: a group has those it does not say itself from here.
   */
  constructor(name: string, parameters: GivenParameters<Options>, defaults: Options) {
    this.#name = name;
    this.groups = groupsOf(name, parameters, defaults);
    this.parameters = this.groups.flatMap(({ params }) => params);
    this.#states = this.parameters.map(() => ({ step: 0, tensors: {} }));
    for (const options of [defaults, ...this.groups]) this.#checkAll(options);
  }

  /** Learning rate: that of the first group. Assigning to it sets that of all groups, and schedules made later start there. */
  get lr(): number {
    return this.groups[0].lr;
  }

  set lr(lr: number) {
    atLeastZero(this.#name, "lr", lr);
    for (const group of this.groups) Object.assign(group, { lr, initialLr: undefined });
  }

  /** The names of what it keeps for a parameter. */
  protected abstract readonly remembers: readonly string[];

  /**
   * The parameter's next value, from its value p and gradient g, with the options of its group. What it remembers for the next
   * step is in `state`, and nowhere else: that is what checkpoints hold, and what `rehearse` hands out copies of.
   */
  protected abstract update(p: Tensor, g: Tensor, state: ParameterState, options: Options): Tensor;

  /**
   * Refuses options that the rule cannot work with: before each step, since they may change.
   *
   * @throws {RangeError} When one is out of range.
   */
  protected check(_name: string, _options: Options): void {}

  #checkAll(options: Options): void {
    atLeastZero(this.#name, "lr", options.lr);
    this.check(this.#name, options);
  }

  /**
   * The `update` of this package's own optimizers, which keeps neither p nor g, and gives tensors of its own: then what a
   * step replaces is given back, unless somebody was given it. A subclass whose update is another one may keep what it likes.
   */
  protected get ownUpdate(): unknown {
    return undefined;
  }

  /**
   * One step: every parameter that has a gradient moves.
   *
   * @throws {BackendError} When the parameters were moved to another device since the step before. Nothing is changed then.
   */
  step(): void {
    for (const group of this.groups) this.#checkAll(group);
    this.#checkPlaces();
    const isOwn = this.update === this.ownUpdate;
    const options = this.groups.flatMap((group) => group.params.map(() => group));
    this.parameters.forEach((parameter, i) => {
      const state = this.#states[i];
      if (isOwn) parameter.update((p, g) => this.#updated(p, g, state, options[i]));
      else if (parameter.grad !== undefined) {
        state.step++;
        parameter.value = this.update(parameter.value, parameter.grad.value, state, options[i]);
        for (const x of Object.values(state.tensors)) keep(x); // a step may be a scope
      }
    });
  }

  /** The next value; what was made on the way and what was remembered before are given back. */
  #updated(p: Tensor, g: Tensor, state: ParameterState, options: Options): Tensor {
    const before = Object.values(state.tensors);
    state.step++;
    const [next] = tidy(() => [this.update(p, g, state, options), ...Object.values(state.tensors)]);
    const now = new Set(Object.values(state.tensors).map((x) => keep(x))); // a step may be a scope
    for (const x of before) if (!now.has(x) && !this.#shown.has(x)) x.dispose();
    return next;
  }

  /**
   * For those who want the kernels of a step to have run, and no step: computes what the next two steps would with these
   * gradients, since the first one of all may begin what later ones go on with. Neither parameters nor what is remembered
   * change.
   *
   * @param gradients Of the parameters that have one.
   * @returns Where these parameters would be, as tensors of the caller's own.
   */
  rehearse(gradients: ReadonlyMap<Variable, Tensor>): Tensor[] {
    for (const group of this.groups) this.#checkAll(group);
    this.#checkPlaces();
    const options = this.groups.flatMap((group) => group.params.map(() => group));
    return this.parameters.flatMap((parameter, i) => {
      const gradient = gradients.get(parameter);
      if (gradient === undefined) return [];
      const { step, tensors } = this.#states[i];
      const rehearsed = () => {
        const views = Object.entries(tensors).map(([name, x]) => [name, Tensor.view(x, x.shape)] as const);
        const state: ParameterState = { step, tensors: Object.fromEntries(views) };
        const next = (p: Tensor) => {
          state.step++;
          return this.update(p, gradient, state, options[i]);
        };
        return reshape(next(next(parameter[held])), parameter.shape); // never the parameter's own
      };
      return [tidy(rehearsed)];
    });
  }

  /** Refuses to go on with what is remembered elsewhere than the parameters are. */
  #checkPlaces(): void {
    this.#states.forEach(({ tensors }, i) => {
      const { device } = this.parameters[i];
      const left = Object.values(tensors).find((x) => x.device !== device);
      if (left === undefined) return;
      throw new BackendError(
        `${this.#name}: parameter ${i} is on ${device.name}, but what is remembered of it on ${left.device.name}. After moving the ` +
          "model: optimizer.loadStateDict(await stateToCpu(optimizer.stateDict())).",
      );
    });
  }

  /** Forgets all gradients, so that the next `backward` starts anew. */
  zeroGrad(): void {
    for (const parameter of this.parameters) parameter.grad = undefined;
  }

  /**
   * What the optimizer remembers, by `<parameter's index>.<name>`, and the options of its groups that are numbers, by
   * `groups.<index>.<option>`, float64.
   */
  stateDict(): StateDict {
    for (const { tensors } of this.#states) for (const x of Object.values(tensors)) this.#shown.add(x);
    return this.#peek();
  }

  /** `stateDict()` for those who look at it and are done: see `snapshot` of `Module`. */
  snapshot(): StateDict {
    return viewsOf(this.#peek());
  }

  #peek(): StateDict {
    const states = this.#states.flatMap(({ step, tensors }, i) => [
      [`${i}.step`, tensor(Float64Array.of(step), [])] as const,
      ...Object.entries(tensors).map(([name, value]) => [`${i}.${name}`, value] as const),
    ]);
    const options = this.groups.flatMap((group, i) =>
      numbersOf(group).map(
        ([name, values, isOne]) =>
          [`groups.${i}.${name}`, tensor(Float64Array.from(values), isOne ? [] : [values.length])] as const,
      ),
    );
    return Object.fromEntries([...states, ...options]);
  }

  /**
   * Takes over what an optimizer of the same parameters remembered, and the options of its groups. A state without options
   * leaves those of the groups as they are.
   *
   * @throws {Error} When an entry belongs to no parameter or group, or has not its shape. Nothing is changed then.
   */
  loadStateDict(state: StateDict): void {
    const options = this.#optionsIn(state);
    const loaded = this.#statesIn(state);
    const before = this.#states.flatMap(({ tensors }) => Object.values(tensors));
    loaded.forEach(({ step, tensors }, i) => {
      for (const x of Object.values(tensors)) keep(x);
      this.#states[i] = { step, tensors };
    });
    const now = new Set(loaded.flatMap(({ tensors }) => Object.values(tensors)));
    for (const x of before) if (!now.has(x) && !this.#shown.has(x)) x.dispose();
    this.groups.forEach((group, i) => {
      Object.assign(group, options[i]);
    });
  }

  /** What is remembered in a state, for each parameter, where the parameter is. */
  #statesIn(state: StateDict): ParameterState[] {
    const loaded: ParameterState[] = this.#states.map(() => ({ step: 0, tensors: {} }));
    const given: Tensor[] = [];
    for (const [key, value] of Object.entries(state)) {
      if (key.startsWith("groups.")) continue;
      const [, index, name] = /^(\d+)\.(\w+)$/.exec(key) ?? [];
      const [parameter, target] = [this.parameters[Number(index)], loaded[Number(index)]];
      if (target === undefined || !["step", ...this.remembers].includes(name)) {
        throw noPlace(key);
      }
      if (name === "step") target.step = value.item();
      else {
        expectShape("loadStateDict", key, value.shape, parameter.shape);
        target.tensors[name] = value;
        given.push(value);
      }
    }
    const missing = loaded.findIndex((_, i) => !(`${i}.step` in state));
    if (missing >= 0) {
      throw new Error(
        `loadStateDict: the state has nothing for parameter ${missing}, ${this.parameters[missing].value}. Use the model it was saved with.`,
      );
    }
    tidy(() =>
      loaded.flatMap(({ tensors }, i) =>
        Object.entries(tensors).map(([name, value]) => {
          const x = value.to(this.parameters[i].device);
          tensors[name] = x;
          return x;
        }),
      ),
    );
    for (const x of given) this.#shown.add(x); // a copy elsewhere is our own
    return loaded;
  }

  /** The options in a state, for each group, checked. */
  #optionsIn(state: StateDict): object[] {
    const given = Object.keys(state).filter((key) => key.startsWith("groups."));
    const places = new Set<string>();
    const options = this.groups.map((group, i) => {
      const entries = numbersOf(group).map(([name, values, isOne]) => {
        const key = `groups.${i}.${name}`;
        places.add(key);
        if (given.length === 0) return [name, isOne ? values[0] : values] as const;
        if (!given.includes(key)) throw new Error(`loadStateDict: the state lacks ${key}. ${SAME}`);
        expectShape("loadStateDict", key, state[key].shape, isOne ? [] : [values.length]);
        return [name, isOne ? state[key].item() : [...state[key].dataSync()]] as const;
      });
      return { ...group, ...Object.fromEntries(entries) };
    });
    const homeless = given.find((key) => !places.has(key));
    if (homeless !== undefined) throw noPlace(homeless);
    for (const group of options) this.#checkAll(group);
    return options;
  }
}

const SAME = "Use the model and the optimizer it was saved with.";

const noPlace = (key: string) => new Error(`loadStateDict: this optimizer has no place for ${key}. ${SAME}`);

/** A tensor that the optimizer keeps for a parameter: zeros, the first time. */
export function remembered(state: ParameterState, name: string, like: Tensor): Tensor {
  return state.tensors[name] ?? zeros(like.shape, { dtype: like.dtype, device: like.device });
}
