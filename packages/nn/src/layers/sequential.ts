import type { Variable } from "@conv/autograd";
import { Module } from "../module.js";

/** Layers one after another: each takes what the one before gives. The children's names are 0, 1, … */
export class Sequential extends Module {
  readonly layers: readonly Module[];

  constructor(...layers: readonly Module[]) {
    super();
    const wrong = layers.findIndex((layer) => !(layer instanceof Module));
    if (wrong >= 0) {
      throw new TypeError(`Sequential: layer ${wrong} is not a Module. ${hintFor(layers[wrong])}`);
    }
    this.layers = layers;
  }

  override children(): [name: string, child: Module][] {
    return this.layers.map((layer, i) => [String(i), layer]);
  }

  forward(x: Variable): Variable {
    return this.layers.reduce((y, layer) => layer.forward(y), x);
  }
}

function hintFor(given: unknown): string {
  if (Array.isArray(given)) return "Pass layers as arguments: new Sequential(...layers).";
  return typeof given === "function" ? `Did you mean new ${given.name}()?` : "Wrap a function in a subclass of Module.";
}
