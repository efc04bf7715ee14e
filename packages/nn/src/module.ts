import { keep, Variable } from "@conv/autograd";
import { type Device, ShapeError, Tensor } from "@conv/core";
import { formatShape, isSameShape } from "@conv/core/operators";

/** A model's tensors by name, as PyTorch's `state_dict` names them: `"0.weight"`, `"fc.bias"`. */
export type StateDict = Readonly<Record<string, Tensor>>;

/**
 * A layer, or a network made of layers. Its parameters are its fields that are Variables (frozen, if they require no
 * gradient), its buffers its fields that are Tensors, its children its fields that are Modules; their names are the
 * fields' names.
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

  /** y = f(x). */
  abstract forward(x: Variable): Variable;

  /** The modules inside this one, by name. */
  children(): [name: string, child: Module][] {
    return this.#fields().filter((field): field is [string, Module] => field[1] instanceof Module);
  }

  /** The parameters of this module and of those inside it, each once, even if layers share it. */
  parameters(): Variable[] {
    return [...new Set(this.namedParameters().map(([, parameter]) => parameter))];
  }

  /** The parameters by name; those of a child after `child.`. */
  namedParameters(): [name: string, parameter: Variable][] {
    return this.#collect((module) =>
      module.#fields().filter((f): f is [string, Variable] => f[1] instanceof Variable && f[1].isLeaf),
    );
  }

  /** The buffers of this module and of those inside it: tensors that are part of its state but have no gradient. */
  buffers(): [name: string, buffer: Tensor][] {
    return this.#collect((module) => module.#fields().filter((f): f is [string, Tensor] => f[1] instanceof Tensor));
  }

  /** Sets this module and those inside it to training: dropout drops, batch norms use and track the batch. */
  train(on = true): this {
    this.training = on;
    for (const [, child] of this.children()) child.train(on);
    return this;
  }

  /** Sets this module and those inside it to use: dropout passes everything, batch norms use what they tracked. */
  eval(): this {
    return this.train(false);
  }

  /** Moves all parameters and buffers to `device`. */
  to(device: Device): this {
    for (const [name, value] of this.#fields()) {
      if (value instanceof Variable) value.value = value.value.to(device);
      else if (value instanceof Tensor) Object.assign(this, { [name]: keep(value.to(device)) });
    }
    for (const [, child] of this.children()) child.to(device);
    return this;
  }

  /** Parameters and buffers by name, in PyTorch's layouts. */
  stateDict(): StateDict {
    const parameters = this.namedParameters().map(([name, { value }]) => [name, value] as const);
    return Object.fromEntries([...parameters, ...this.buffers()]);
  }

  /**
   * Takes over parameters and buffers by name.
   *
   * @param options `strict`: refuse missing and unexpected names. Default true.
   * @throws {ShapeError} When a tensor has another shape than the parameter. Nothing is changed then.
   * @throws {Error} When names are missing or unexpected.
   */
  loadStateDict(state: StateDict, { strict = true }: { readonly strict?: boolean } = {}): void {
    const own = this.stateDict();
    const missing = Object.keys(own).filter((name) => !Object.hasOwn(state, name));
    const unexpected = Object.keys(state).filter((name) => !Object.hasOwn(own, name));
    if (strict && missing.length + unexpected.length > 0) {
      const parts = [
        ...(missing.length > 0 ? [`lacks ${missing.join(", ")}`] : []),
        ...(unexpected.length > 0 ? [`has ${unexpected.join(", ")}, which this model does not`] : []),
      ];
      throw new Error(
        `loadStateDict: the state ${parts.join(" and ")}. Build the model it was saved from, or pass { strict: false }.`,
      );
    }
    for (const [name, { shape, dtype }] of Object.entries(own)) {
      if (!Object.hasOwn(state, name)) continue;
      if (state[name].dtype !== dtype) {
        throw new TypeError(
          `loadStateDict: ${name} is ${state[name].dtype}, but this model's is ${dtype}. Convert it first.`,
        );
      }
      if (!isSameShape(shape, state[name].shape)) {
        throw new ShapeError(
          `loadStateDict: ${name} has shape ${formatShape(state[name].shape)}, but this model's is ${formatShape(shape)}. Build the model it was saved from.`,
        );
      }
    }
    this.#assign(state, "");
  }

  #assign(state: StateDict, prefix: string): void {
    for (const [name, value] of this.#fields()) {
      const given = state[prefix + name];
      if (given === undefined) continue;
      if (value instanceof Variable) value.value = given.to(value.device);
      else if (value instanceof Tensor) Object.assign(this, { [name]: keep(given.to(value.device)) });
    }
    for (const [name, child] of this.children()) child.#assign(state, `${prefix}${name}.`);
  }

  #fields(): [string, unknown][] {
    return Object.entries(this);
  }

  #collect<T>(own: (module: Module) => [string, T][]): [string, T][] {
    const inside = this.children().flatMap(([name, child]) =>
      child.#collect(own).map(([path, value]): [string, T] => [`${name}.${path}`, value]),
    );
    return [...own(this), ...inside];
  }
}
