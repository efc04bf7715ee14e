import { keep, Variable } from "@conv/autograd";
import { type Device, Tensor } from "@conv/core";
import { checkBoolean, checkOptions, formatValue, held, tidy } from "@conv/core/operators";
import { allIn } from "./containers.js";
import { fitted } from "./fitted.js";
import { type OwnBuffer, ownBufferOf } from "./ownBuffer.js";
import { viewsOf } from "./views.js";

/** A model's tensors by name, as PyTorch's `state_dict` names them: `"0.weight"`, `"fc.bias"`. */
export type StateDict = Readonly<Record<string, Tensor>>;

/** Where a module has a tensor: a field, the value of a parameter or its gradient. */
interface Place {
  readonly tensor: Tensor;
  /** Puts another in its place, which nobody else has. */
  put(next: Tensor): void;
}

/** How a state and a model differ in names. */
export interface KeyMismatch {
  /** What the model has and the state has not. */
  readonly missingKeys: readonly string[];
  /** What the state has and the model has not. */
  readonly unexpectedKeys: readonly string[];
}

/**
 * A layer, or a network made of layers. Its parameters are its fields that are Variables (frozen, if they require no
 * gradient), its buffers its fields that are Tensors, its children its fields that are Modules; their names are the
 * fields' names. Fields whose names start with # are not among them: JavaScript shows them to nobody.
 *
 * @example
 * class Residual extends Module {
 *   readonly conv = new Conv2d(8, 8, 3, { padding: 1 });
 *   forward(x: Variable) {
 *     return add(x, relu(this.conv.forward(x)));
 *   }
 * }
 */
export abstract class Module {
  /** The forward of this package's own layers, which keep nothing: see `letsGo`. */
  get ownForward(): unknown {
    return undefined;
  }

  /** Whether layers behave as in training (`train()`) or as in use (`eval()`). */
  training = true;

  /** The walks through the modules inside that are under way: one that comes here again would never end. */
  readonly #walks = new Set<string>();

  /** y = f(x). A subclass may take more: `forward(x, skip)`. */
  abstract forward(x: Variable, ...more: never[]): Variable;

  /**
   * The modules inside this one, by name.
   *
   * @throws {TypeError} When a field holds more of them in an array or an object, where nobody would look for them.
   */
  children(): [name: string, child: Module][] {
    const children = this.#parts().filter((field): field is [string, Module] => field[1] instanceof Module);
    this.#refuseHidden(children);
    return children;
  }

  /** This module, named "", and those inside it, each once and before its children. */
  namedModules(): [name: string, module: Module][] {
    const names = new Map<Module, string>();
    const visit = (module: Module, name: string) => {
      if (names.has(module)) return;
      names.set(module, name);
      for (const [field, child] of module.children()) visit(child, name === "" ? field : `${name}.${field}`);
    };
    visit(this, "");
    return Array.from(names, ([module, name]) => [name, module]);
  }

  /** This module and those inside it, each once. */
  modules(): Module[] {
    return this.namedModules().map(([, module]) => module);
  }

  /**
   * Calls `fn` with the modules inside this one, children first, and with this one.
   *
   * @example
   * model.apply((module) => { if (module instanceof Dropout) module.p = 0; });
   */
  apply(fn: (module: Module) => void): this {
    this.#walk("apply", (_, child) => child.apply(fn));
    fn(this);
    return this;
  }

  /** The parameters of this module and of those inside it, each once, even if layers share it. */
  parameters(): Variable[] {
    return [...new Set(this.namedParameters().map(([, parameter]) => parameter))];
  }

  /** The parameters by name; those of a child after `child.`. */
  namedParameters(): [name: string, parameter: Variable][] {
    return this.#collect((module) =>
      module.#parts().filter((f): f is [string, Variable] => f[1] instanceof Variable && f[1].isLeaf),
    );
  }

  /** The buffers of this module and of those inside it, each once: tensors that are part of its state but have no gradient. */
  buffers(): Tensor[] {
    return [...new Set(this.namedBuffers().map(([, buffer]) => buffer))];
  }

  /** The buffers by name; those of a child after `child.`. */
  namedBuffers(): [name: string, buffer: Tensor][] {
    return this.#collect((module) =>
      Object.entries(module).filter((f): f is [string, Tensor] => f[1] instanceof Tensor),
    );
  }

  /** Sets this module and those inside it to training: dropout drops, batch norms use and track the batch. */
  train(on = true): this {
    this.training = checkBoolean("train", "on", on);
    this.#walk("train", (_, child) => child.train(on));
    return this;
  }

  /** Sets this module and those inside it to use: dropout passes everything, batch norms use what they tracked. */
  eval(): this {
    return this.train(false);
  }

  /** Freezes the parameters of this module and of those inside it (`false`), or sets them free: whether they get gradients. */
  requiresGrad(on = true): this {
    for (const parameter of this.parameters()) parameter.requiresGrad = on;
    return this;
  }

  /**
   * Moves all parameters, their gradients and buffers to `device`; results of operators that a field holds stay where they are.
   *
   * @throws {BackendError} When they must leave a device that cannot answer at once, a GPU: use `await model.toAsync(device)`.
   *   Nothing is moved then.
   */
  to(device: Device): this {
    const places = this.#places();
    const moved = tidy(() => places.map(({ tensor }) => tensor.to(device)));
    places.forEach((place, i) => {
      place.put(moved[i]);
    });
    return this;
  }

  /**
   * `to`, from any device to any other, once the elements are there.
   *
   * @throws {Error} When the model changed meanwhile, or the device refuses a tensor, such as float64 on a GPU. Nothing is moved
   *   then.
   */
  async toAsync(device: Device): Promise<this> {
    const places = this.#places();
    const outcomes = await Promise.allSettled(places.map(({ tensor }) => tensor.toAsync(device)));
    const moved = outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []));
    const failed = outcomes.find((outcome) => outcome.status === "rejected");
    const now = this.#places();
    const isOther = now.length !== places.length || now.some(({ tensor }, i) => tensor !== places[i].tensor);
    if (failed !== undefined || isOther) {
      const own = new Set(places.map(({ tensor }) => tensor));
      for (const x of moved) if (!own.has(x)) x.dispose();
      if (failed !== undefined) throw failed.reason;
      throw new Error("toAsync: the model changed while it was moved. Wait for it before the next step.");
    }
    places.forEach((place, i) => {
      place.put(moved[i]);
    });
    return this;
  }

  /** Parameters and buffers by name, in PyTorch's layouts. */
  stateDict(): StateDict {
    const parameters = this.namedParameters().map(([name, { value }]) => [name, value] as const);
    return Object.fromEntries([...parameters, ...this.namedBuffers()]);
  }

  /**
   * `stateDict()` for those who look at it and are done: each tensor is the caller's own to dispose of, and stays what it is
   * while training goes on. On a device without a garbage collector, a GPU, what `stateDict()` gave away stays for ever.
   */
  snapshot(): StateDict {
    return viewsOf(this.#peek());
  }

  /** Parameters and buffers by name, for those who neither keep them nor show them around. */
  #peek(): StateDict {
    const parameters = this.namedParameters().map(([name, parameter]) => [name, parameter[held]] as const);
    const buffers = this.#collect((module) =>
      module
        .#fields()
        .flatMap(([name, { value }]): [string, Tensor][] => (value instanceof Tensor ? [[name, value]] : [])),
    );
    return Object.fromEntries([...parameters, ...buffers]);
  }

  /** Where this module and those inside it have their tensors, each place once. */
  #places(): Place[] {
    const parameters = this.parameters().flatMap(placesOf);
    const seen = new Set<Module>();
    const buffers = this.#collect((module) => {
      if (seen.has(module)) return [];
      seen.add(module);
      return module.#fields().flatMap(([name, { value, own }]): [string, Place][] => {
        if (!(value instanceof Tensor)) return [];
        const put = (next: Tensor) => (own ? own.put(next) : Object.assign(module, { [name]: keep(next) }));
        return [[name, { tensor: value, put }]];
      });
    });
    return [...parameters, ...buffers.map(([, place]) => place)];
  }

  /**
   * Takes over parameters and buffers by name. Floating-point numbers of another type are rounded to the parameter's, as in
   * PyTorch; integers and floating-point numbers become each other where that changes no number.
   *
   * @param options `strict`: refuse missing and unexpected names. Default true.
   * @returns The missing and the unexpected names.
   * @throws {ShapeError} When a tensor has another shape than the parameter.
   * @throws {TypeError} When a number cannot be one of the parameter's type.
   * @throws {BackendError} When a tensor was disposed of.
   * @throws {Error} When names are missing or unexpected. Nothing is changed when it throws.
   */
  loadStateDict(state: StateDict, options: { readonly strict?: boolean } = {}): KeyMismatch {
    checkOptions("loadStateDict", options, ["strict"]);
    const { strict = true } = options;
    if (typeof state !== "object" || state === null) {
      throw new TypeError(`loadStateDict: state must be an object of tensors by name, got ${formatValue(state)}.`);
    }
    const own = this.#peek();
    const missingKeys = Object.keys(own).filter((name) => !Object.hasOwn(state, name));
    const unexpectedKeys = Object.keys(state).filter((name) => !Object.hasOwn(own, name));
    if (checkBoolean("loadStateDict", "strict", strict) && missingKeys.length + unexpectedKeys.length > 0) {
      const parts = [
        ...(missingKeys.length > 0 ? [`lacks ${missingKeys.join(", ")}`] : []),
        ...(unexpectedKeys.length > 0 ? [`has ${unexpectedKeys.join(", ")}, which this model does not`] : []),
      ];
      throw new Error(
        `loadStateDict: the state ${parts.join(" and ")}. Build the model it was saved from, or pass { strict: false }.`,
      );
    }
    const common = Object.entries(own).filter(([name]) => Object.hasOwn(state, name));
    const fitting = tidy(() =>
      Object.fromEntries(common.map(([name, value]) => [name, fitted(name, state[name], value)])),
    );
    this.#assign(fitting, state, "");
    return { missingKeys, unexpectedKeys };
  }

  /** Takes over tensors; those that are in `given` too are somebody else's. */
  #assign(fitting: StateDict, given: StateDict, prefix: string): void {
    for (const [name, { value, own }] of this.#fields()) {
      const path = prefix + name;
      if (!Object.hasOwn(fitting, path)) continue;
      const next = fitting[path];
      const isOurs = next !== given[path];
      if (value instanceof Variable) {
        if (isOurs) value.updateValue(() => next);
        else value.value = next;
      } else if (value instanceof Tensor) {
        if (isOurs && own) own.put(next);
        else Object.assign(this, { [name]: keep(next) });
      }
    }
    this.#walk("assign", (name, child) => child.#assign(fitting, given, `${prefix}${name}.`));
  }

  /** Refuses modules and parameters in arrays and objects, unless the fields have them too. */
  #refuseHidden(children: readonly [string, Module][]): void {
    for (const [field, value] of this.#parts()) {
      const held = allIn(value).filter(isPart);
      if (held.length === 0) continue;
      const modules = new Set(children.flatMap(([, child]) => child.modules()));
      const fields = [this, ...modules].flatMap((module) => [module, ...module.#parts().map(([, x]) => x)]);
      const hidden = held.find((x) => !fields.includes(x));
      if (hidden === undefined) continue;
      const [kind, list] =
        hidden instanceof Module
          ? [hidden.constructor.name, "Use a ModuleList or a Sequential"]
          : ["a parameter", "Put them into modules"];
      throw new TypeError(
        `${this.constructor.name}: the field ${field} holds ${kind} in an array or object, where no optimizer and no file ` +
          `finds it. ${list}, or give each a field of its own.`,
      );
    }
  }

  /**
   * Visits the modules inside this one.
   *
   * @throws {TypeError} When the same walk is under way here: this module is inside itself.
   */
  #walk(name: string, visit: (name: string, child: Module) => void): void {
    if (this.#walks.has(name)) {
      throw new TypeError(
        `${this.constructor.name}: this module is inside itself, since one inside it has a field that holds it. Begin that field's ` +
          "name with #, which makes it nobody's child.",
      );
    }
    this.#walks.add(name);
    try {
      for (const [field, child] of this.children()) visit(field, child);
    } finally {
      this.#walks.delete(name);
    }
  }

  /** The fields; what is in a buffer of the package's own is not shown to anybody by that. */
  #fields(): [string, { readonly value: unknown; readonly own?: OwnBuffer }][] {
    return Object.entries(Object.getOwnPropertyDescriptors(this)).flatMap(([name, descriptor]) => {
      if (!descriptor.enumerable) return [];
      const own = ownBufferOf(descriptor);
      return [[name, own ? { value: own.peek(), own } : { value: Reflect.get(this, name) }]];
    });
  }

  /** The fields but for those that note who reads them: the buffers of norm layers. */
  #parts(): [string, unknown][] {
    return Object.entries(Object.getOwnPropertyDescriptors(this)).flatMap(([name, { enumerable, value }]) =>
      enumerable ? [[name, value]] : [],
    );
  }

  #collect<T>(own: (module: Module) => [string, T][]): [string, T][] {
    const found = own(this);
    this.#walk("collect", (name, child) => {
      for (const [path, value] of child.#collect(own)) found.push([`${name}.${path}`, value]);
    });
    return found;
  }
}

/** Where a parameter has its value and its gradient. */
function placesOf(parameter: Variable): Place[] {
  const value = { tensor: parameter[held], put: (next: Tensor) => parameter.updateValue(() => next) };
  const gradients: Place[] = [];
  parameter.updateGrad((tensor) => {
    gradients.push({ tensor, put: (next) => parameter.updateGrad(() => next) });
    return tensor;
  });
  return [value, ...gradients];
}

/** What a model must not lose: a module, or a parameter that is to be trained. */
function isPart(x: unknown): x is Module | Variable {
  return x instanceof Module || (x instanceof Variable && x.isLeaf && x.requiresGrad);
}
