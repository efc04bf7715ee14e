import { grad, noGrad, scope, type Variable, variable } from "@conv/autograd";
import { type Tensor, type TypedArray, tensor } from "@conv/core";
import type { Module, Sequential } from "@conv/nn";

/** Whose gradient: a class's logit, or any unit, by the place of its tensor (1 for the first layer's output) and its flat position. */
export type Target = "predicted" | { readonly class: number } | { readonly place: number; readonly unit: number };

/** A unit of the network. */
export interface Unit {
  /** 0 for the input, i for the output of layer i − 1. */
  readonly place: number;
  /** Flat position in that tensor. */
  readonly unit: number;
}

/** What a network makes of an input, and what its parts do to one number. Arrays are row-major, without the batch. */
export interface Look {
  /** The output of every layer. */
  readonly activations: readonly TypedArray[];
  /** The class of the largest output. */
  readonly predicted: number;
  /** The number whose gradients these are. */
  readonly of: Unit | undefined;
  /** The gradient of that number in the output of every layer: zeros behind it. Empty without a target. */
  readonly gradients: readonly TypedArray[];
  /** The gradient of that number in the input. */
  readonly inputGradient: TypedArray | undefined;
}

/** The layers of a network, one after another. */
export const layersOf = (model: Sequential): Module[] => model.children().map(([, layer]) => layer);

/**
 * Runs a network on one example, layer by layer; with a target, one sweep back brings the gradient of that number in the
 * input and in the output of every layer. No tensor of it lives on.
 *
 * @param model In use (`eval()`).
 * @param input [1, C, H, W].
 * @param target Default: none, only forward.
 */
export function lookInside(model: Sequential, input: Tensor, target?: Target): Look {
  const layers = layersOf(model);
  if (target === undefined) {
    const { outputs, predicted } = noGrad(() =>
      scope(() => read(forward(layers, variable(input, { requiresGrad: false })))),
    );
    return { activations: outputs, predicted, of: undefined, gradients: [], inputGradient: undefined };
  }
  return scope(() => {
    const x = variable(input);
    const places = [x, ...forward(layers, x)];
    const { outputs, predicted } = read(places.slice(1));
    const of = unitOf(target, layers.length, predicted);
    const y = places[of.place];
    const seed = tensor(oneHot(y.size, of.unit), y.shape, { dtype: y.dtype });
    const before = places.slice(0, of.place);
    const gradients = grad(y, before, { gradY: seed }).map((gradient) => gradient.dataSync());
    gradients.push(seed.dataSync());
    for (const { size } of places.slice(gradients.length)) gradients.push(new Float32Array(size));
    return { activations: outputs, predicted, of, gradients: gradients.slice(1), inputGradient: gradients[0] };
  });
}

function forward(layers: readonly Module[], x: Variable): Variable[] {
  const outputs: Variable[] = [];
  for (const layer of layers) outputs.push(layer.forward(outputs.at(-1) ?? x));
  return outputs;
}

function read(outputs: readonly Variable[]): { outputs: TypedArray[]; predicted: number } {
  const values = outputs.map((output) => output.dataSync());
  return { outputs: values, predicted: indexOfLargest(values[values.length - 1]) };
}

function unitOf(target: Target, last: number, predicted: number): Unit {
  if (target === "predicted") return { place: last, unit: predicted };
  return "class" in target ? { place: last, unit: target.class } : target;
}

function oneHot(length: number, at: number): number[] {
  return Array.from({ length }, (_, i) => (i === at ? 1 : 0));
}

/** Where the largest number is; the first of several. */
export function indexOfLargest(values: ArrayLike<number>): number {
  let at = 0;
  for (let i = 1; i < values.length; i++) if (values[i] > values[at]) at = i;
  return at;
}
