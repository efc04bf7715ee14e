import type { Variable } from "@conv/autograd";
import type { Module } from "../module.js";
import { LayerList } from "./layerList.js";

/**
 * Modules that belong to a module and that it calls as it likes: their parameters are among its own. The children's names are
 * 0, 1, …
 *
 * @throws {TypeError} When something is not a layer.
 * @example
 * class Dense extends Module {
 *   readonly blocks = new ModuleList([new Conv2d(4, 4, 3, { padding: 1 }), new Conv2d(8, 4, 3, { padding: 1 })]);
 *   forward(x: Variable) {
 *     let y = x;
 *     for (const block of this.blocks) y = concat([y, block.forward(y)], 1);
 *     return y;
 *   }
 * }
 */
export class ModuleList extends LayerList {
  constructor(modules: Iterable<Module> = []) {
    if (typeof modules !== "object" || modules === null || !(Symbol.iterator in modules)) {
      throw new TypeError("ModuleList: the modules come as an array. Use new ModuleList([first, second]).");
    }
    super(
      "ModuleList",
      Array.from(modules, (module, i): [string, Module] => [String(i), module]),
    );
  }

  /** Puts a module at the end. */
  append(module: Module): this {
    this.add(String(this.length), module);
    return this;
  }

  /** @throws {Error} Always: the module that has the list knows what to do with it. */
  forward(_x: Variable): Variable {
    throw new Error(
      "ModuleList: it has no forward of its own. Call its modules: for (const module of list) y = module.forward(y). " +
        "Layers one after another are a Sequential.",
    );
  }
}
