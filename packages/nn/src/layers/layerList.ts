import { formatValue } from "@conv/core/operators";
import { Module } from "../module.js";

/** Modules in an order, each with a name: what `Sequential` and `ModuleList` have in common. */
export abstract class LayerList extends Module {
  readonly #name: string;
  readonly #named: [name: string, layer: Module][] = [];

  /** @param list The name that errors start with. */
  constructor(list: string, named: Iterable<readonly [name: string, layer: Module]>) {
    super();
    this.#name = list;
    for (const [name, layer] of named) this.add(name, layer);
  }

  /**
   * The layers, and what a subclass has in fields beside them.
   *
   * @throws {TypeError} When a field has the name of a layer: a state would hold one of the two.
   */
  override children(): [name: string, child: Module][] {
    const fields = super.children();
    const twice = fields.find(([field]) => this.#named.some(([name]) => name === field));
    if (twice === undefined) return [...this.#named, ...fields];
    throw new TypeError(
      `${this.constructor.name}: the field ${twice[0]} has the name of a layer, and a state could hold one of them only. Rename it.`,
    );
  }

  /** The layers, in their order. */
  get layers(): readonly Module[] {
    return this.#named.map(([, layer]) => layer);
  }

  /** How many layers there are. */
  get length(): number {
    return this.#named.length;
  }

  /**
   * The layer with this number; a negative one counts from the end.
   *
   * @throws {RangeError} When there is none.
   */
  at(i: number): Module {
    const layer = Number.isInteger(i) ? this.#named.at(i)?.[1] : undefined;
    if (layer === undefined) {
      const use = this.length === 0 ? "It is empty." : `Use ${-this.length} to ${this.length - 1}.`;
      throw new RangeError(`${this.#name}: there is no layer ${formatValue(i)}. ${use}`);
    }
    return layer;
  }

  [Symbol.iterator](): IterableIterator<Module> {
    return this.layers.values();
  }

  /** Puts a layer at the end. */
  protected add(name: string, layer: Module): void {
    if (!(layer instanceof Module)) {
      throw new TypeError(`${this.#name}: layer ${name} is not a Module. ${hintFor(this.#name, layer)}`);
    }
    this.#named.push([name, layer]);
  }
}

function hintFor(list: string, given: unknown): string {
  if (Array.isArray(given)) {
    return list === "Sequential" ? "Pass layers as arguments: new Sequential(...layers)." : "Pass one at a time.";
  }
  const isClass = typeof given === "function" && given.prototype instanceof Module;
  if (isClass) return `Did you mean new ${given.name}()?`;
  return typeof given === "function" ? "Wrap a function in a Lambda." : `Got ${formatValue(given)}.`;
}
