import type { Shape, Tensor } from "@conv/core";
import { checkChoice, checkNumber, checkOptions } from "@conv/core/operators";
import { normal, uniform } from "./draws.js";
import { calculateGain, checkWeight, type FanMode, fanIn, fanOut, type Nonlinearity } from "./fans.js";
import type { InitOptions } from "./options.js";

/** The options of `xavierUniform` and `xavierNormal`. */
export interface XavierOptions extends InitOptions {
  /** Factor of the standard deviation, see `calculateGain`. Default 1. */
  readonly gain?: number;
}

/** The options of `kaimingUniform` and `kaimingNormal`. */
export interface KaimingOptions extends InitOptions {
  /** The slope below 0 of a leaky ReLU. Default 0. */
  readonly a?: number;
  /** `"fanIn"` keeps the variance of activations, `"fanOut"` that of gradients. Default `"fanIn"`. */
  readonly mode?: FanMode;
  /** What comes after the weight. Default `"leakyRelu"`, which is ReLU with the default slope. */
  readonly nonlinearity?: Nonlinearity;
}

/**
 * Draws from [−b, b) with b = gain·√(6 / (fanIn + fanOut)), a compromise between keeping the variance of activations and that
 * of gradients.
 *
 * @param shape [out, in, …].
 * @throws {ShapeError} When the shape has fewer than two axes.
 * @see Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural networks" (AISTATS 2010).
 */
export function xavierUniform(shape: Shape, options: XavierOptions = {}): Tensor {
  return uniformOfStd(shape, xavierStd("xavierUniform", shape, options), options);
}

/** Draws from the normal distribution of standard deviation gain·√(2 / (fanIn + fanOut)). See `xavierUniform`. */
export function xavierNormal(shape: Shape, options: XavierOptions = {}): Tensor {
  return normal(shape, { std: xavierStd("xavierNormal", shape, options), random: options.random });
}

/**
 * Draws from [−b, b) with b = gain·√(3 / fan), which keeps the variance of activations behind a leaky ReLU of slope a:
 * gain = √(2 / (1 + a²)). PyTorch's layers take a = √5: then b = 1/√fanIn.
 *
 * @param shape [out, in, …].
 * @param options `a` 0, `mode` "fanIn", `nonlinearity` "leakyRelu".
 * @throws {ShapeError} When the shape has fewer than two axes.
 * @throws {RangeError} When a word is none of its choices.
 * @see He, Zhang, Ren and Sun, "Delving deep into rectifiers" (arXiv:1502.01852).
 */
export function kaimingUniform(shape: Shape, options: KaimingOptions = {}): Tensor {
  return uniformOfStd(shape, kaimingStd("kaimingUniform", shape, options), options);
}

/** Draws from the normal distribution of standard deviation gain / √fan. See `kaimingUniform`. */
export function kaimingNormal(shape: Shape, options: KaimingOptions = {}): Tensor {
  return normal(shape, { std: kaimingStd("kaimingNormal", shape, options), random: options.random });
}

/** The first weight of a layer, as PyTorch's layers have it: uniform in ±1/√fanIn. */
export function weightFor(shape: Shape, { random }: InitOptions = {}): Tensor {
  return kaimingUniform(shape, { a: Math.sqrt(5), random });
}

/** The first bias of a layer with a weight of this shape, as PyTorch's layers have it: [length], uniform in ±1/√fanIn. */
export function biasFor(weightShape: Shape, length: number, { random }: InitOptions = {}): Tensor {
  const bound = 1 / Math.sqrt(fanIn(weightShape));
  return uniform([length], { low: -bound, high: bound, random });
}

function xavierStd(initialiser: string, shape: Shape, options: XavierOptions): number {
  checkOptions(initialiser, options, ["gain", "random"]);
  checkWeight(initialiser, shape);
  const gain = checkNumber(initialiser, "gain", options.gain ?? 1);
  return gain * Math.sqrt(2 / Math.max(1, fanIn(shape) + fanOut(shape))); // a weight without elements needs no draws
}

function kaimingStd(initialiser: string, shape: Shape, options: KaimingOptions): number {
  checkOptions(initialiser, options, ["a", "mode", "nonlinearity", "random"]);
  checkWeight(initialiser, shape);
  const { a = 0, mode = "fanIn", nonlinearity = "leakyRelu" } = options;
  checkChoice(initialiser, "mode", mode, ["fanIn", "fanOut"]);
  const fan = mode === "fanIn" ? fanIn(shape) : fanOut(shape);
  return calculateGain(nonlinearity, checkNumber(initialiser, "a", a)) / Math.sqrt(Math.max(1, fan));
}

/** Uniform draws with mean 0 and this standard deviation: from ±√3·std. */
function uniformOfStd(shape: Shape, std: number, { random }: InitOptions): Tensor {
  const bound = Math.sqrt(3) * Math.abs(std);
  return uniform(shape, { low: -bound, high: bound, random });
}
