import { type Variable, variable } from "@conv/autograd";
import { createRandom, mean, mul, sub, type Tensor, tensor } from "@conv/core";
import { expect } from "vitest";
import type { Module } from "../src/index.js";

export const numbers = (x: Tensor | Variable | undefined): number[] => [...(x?.dataSync() ?? [])];

/** Numbers around 3 with standard deviation 2. */
export const randn = (shape: readonly number[], seed = 1): Tensor =>
  createRandom(seed).normal(shape, { mean: 3, std: 2, dtype: "float64" });

/** A norm layer with its tensors, if it has them, in float64, as gradient checks need it. */
export function inFloat64<M extends Module>(layer: M): M {
  const wide = (x: Tensor) => tensor(x.dataSync(), x.shape, { dtype: "float64" });
  const parameters = layer.namedParameters().map(([name, { value }]) => [name, variable(wide(value))] as const);
  const statistics = layer.namedBuffers().filter(([, { dtype }]) => dtype === "float32");
  const buffers = statistics.map(([name, buffer]) => [name, wide(buffer)] as const);
  return Object.assign(layer, Object.fromEntries([...parameters, ...buffers]));
}

/** The layer as a function of x and its parameters. */
export function asFunction(layer: Module): (x: Variable, weight: Variable, bias: Variable) => Variable {
  return (x, weight, bias) => Object.assign(layer, { weight, bias }).forward(x);
}

/** The mean and the variance along `dim`. */
export function momentsOf(y: Variable, dim: number | number[]): [mean: number[], variance: number[]] {
  const center = mean(y.value, { dim, keepDim: true });
  const centred = sub(y.value, center);
  return [numbers(center), numbers(mean(mul(centred, centred), { dim }))];
}

/** −√10⁻⁵ and √10⁻⁵ in two places: their variance is 10⁻⁵, and with ε the same they become −√½ and √½. */
export const small = (shape: readonly number[]): Tensor =>
  tensor(
    [-1, 1].map((v) => v * Math.sqrt(1e-5)),
    shape,
  );

/** Expects these values, up to so many digits after the point: by default those of float32. */
export function expectValues(got: Tensor | Variable | undefined, expected: readonly number[], digits = 5): void {
  expect(got?.size).toBe(expected.length);
  numbers(got).forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i], digits);
  });
}
