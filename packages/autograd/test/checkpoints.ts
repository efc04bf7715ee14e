import { createRandom, type Shape, type Tensor } from "@conv/core";
import { expect } from "vitest";
import { checkpoint, type Variable, variable } from "../src/index.js";
import { numbers } from "./scopes.js";

/** Random numbers of a normal distribution. */
export const normal = (shape: Shape, seed = 1): Tensor => createRandom(seed).normal(shape);

/** The values of two leaves. */
export const vectors: readonly Tensor[] = [normal([40]), normal([40], 2)];

/** How a part of a computation is run: as it is, or as a checkpoint. */
export type Wrap = typeof checkpoint;
export const plainly: Wrap = (fn, ...inputs) => fn(...inputs);

/** A computation from leaves, parts of which are wrapped. */
export type Computation = (wrap: Wrap, leaves: readonly Variable[]) => Variable;

/** The result, and its gradient in every leaf, weighted at random. */
export function resultAndGradients(values: readonly Tensor[], compute: Computation, wrap: Wrap): number[][] {
  const leaves = values.map((value) => variable(value));
  const y = compute(wrap, leaves);
  y.backward(createRandom(9).normal(y.shape, { dtype: y.dtype }));
  return [y, ...leaves.map((x) => x.grad)].map(numbers);
}

/** Expects all bits to be the same without and with checkpoints. */
export function expectSameBits(values: readonly Tensor[], compute: Computation): void {
  const expected = resultAndGradients(values, compute, plainly);
  expect(resultAndGradients(values, compute, checkpoint)).toEqual(expected);
}
