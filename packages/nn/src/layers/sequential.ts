import type { Variable } from "@conv/autograd";
import { held, tidy } from "@conv/core/operators";
import { Module } from "../module.js";
import { letsGo } from "./ownForward.js";

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

  override get ownForward(): unknown {
    return this.layers.every(letsGo) ? Sequential.prototype.forward : undefined;
  }

  /** Between two layers of this package their tensor is nobody else's: it is given back when the second has used it. */
  forward(x: Variable): Variable {
    let y = x;
    let isOurs = false;
    for (const layer of this.layers) {
      const lets = letsGo(layer);
      const given = y;
      y = lets ? tidy(() => layer.forward(given)) : layer.forward(given);
      const isPassedOn = lets && (y === given || y[held] === given[held]); // dropout in use
      if (isOurs && lets && !isPassedOn) given[held].dispose();
      isOurs = lets && (isOurs || !isPassedOn);
    }
    return y;
  }
}

function hintFor(given: unknown): string {
  if (Array.isArray(given)) return "Pass layers as arguments: new Sequential(...layers).";
  return typeof given === "function" ? `Did you mean new ${given.name}()?` : "Wrap a function in a subclass of Module.";
}
