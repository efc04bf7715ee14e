import { type Variable, variable } from "@conv/autograd";
import { tensor } from "@conv/core";
import { expect } from "vitest";
import type { Optimizer } from "../src/index.js";

/** Digits after the point that float64 keeps over a few steps. */
const FLOAT64 = 13;

/** A parameter of one element, 1 by default. */
export const parameter = (value = 1): Variable => variable(tensor([value], [1], { dtype: "float64" }));

/** Gives a parameter of one element a gradient. */
export function setGradient(p: Variable, value: number): void {
  p.grad = variable(tensor([value], [1], { dtype: p.dtype }), { requiresGrad: false });
}

/** Where p = 1 is after each step along these gradients. */
export function after(optimizerOf: (parameters: Variable[]) => Optimizer, ...gradients: number[]): number[] {
  const p = parameter();
  const optimizer = optimizerOf([p]);
  return gradients.map((g) => {
    setGradient(p, g);
    optimizer.step();
    return p.item();
  });
}

/** Numbers are equal but for rounding. */
export function expectValues(got: readonly number[], expected: readonly number[]): void {
  expect(got).toHaveLength(expected.length);
  got.forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i], FLOAT64);
  });
}
