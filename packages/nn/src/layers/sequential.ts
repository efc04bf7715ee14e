import type { Variable } from "@conv/autograd";
import type { Tensor } from "@conv/core";
import { held, tidy } from "@conv/core/operators";
import type { Module } from "../module.js";
import { asVariable } from "./asVariable.js";
import { LayerList } from "./layerList.js";
import { letsGo } from "./ownForward.js";

/** Layers by their names, in their order. */
export type NamedLayers = Readonly<Record<string, Module>>;

/**
 * Layers one after another: each takes what the one before gives. The children's names are 0, 1, …, or those that are given.
 *
 * @throws {TypeError} When something is not a layer.
 * @throws {RangeError} When a name is empty, has a dot or is a number.
 * @example
 * new Sequential(new Linear(4, 8), new ReLU()); // 0.weight, 0.bias
 * new Sequential({ first: new Linear(4, 8), relu: new ReLU() }); // first.weight, first.bias
 */
export class Sequential extends LayerList {
  constructor(...layers: readonly Module[] | readonly [NamedLayers]) {
    super("Sequential", namesOf(layers));
  }

  override get ownForward(): unknown {
    return this.layers.every(letsGo) ? Sequential.prototype.forward : undefined;
  }

  /** Between two layers of this package their tensor is nobody else's: it is given back when the second has used it. */
  forward(x: Variable | Tensor): Variable {
    let y = asVariable(x);
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

/** The layers with their numbers, or of one object with its names. */
function namesOf(layers: readonly Module[] | readonly [NamedLayers]): readonly (readonly [string, Module])[] {
  const [first, ...more] = layers;
  if (more.length > 0 || !isRecord(first)) return [...layers].map((layer, i) => [String(i), layer as Module]);
  return Object.entries(first).map(([name, layer]) => [checkName(name), layer]);
}

/** Whether it is an object as one writes it in braces. */
function isRecord(given: Module | NamedLayers | undefined): given is NamedLayers {
  return typeof given === "object" && given !== null && [Object.prototype, null].includes(Object.getPrototypeOf(given));
}

/** A name that a state can have; JavaScript would change the place of those that are numbers. */
function checkName(name: string): string {
  if (name !== "" && !name.includes(".") && !/^\d+$/.test(name)) return name;
  throw new RangeError(
    `Sequential: "${name}" cannot name a layer: names are not empty, not numbers, and have no dots. Use another, or pass ` +
      "layers as arguments, which numbers them.",
  );
}
