import { zeros } from "@conv/core";
import fc from "fast-check";
import { add, checkAdjoint, checkGradient, mul, sub, type Variable, variable } from "../../src/index.js";
import type { Case, Sample } from "./case.js";

/** 1: gradients; 2: gradients of gradients. */
export type Order = 1 | 2;

/** What was compared for an operator, at one order. */
export interface Measured {
  readonly geometries: number;
  /** Entries of gradients that were compared with central differences. */
  readonly entries: number;
  /** How many geometries were of each awkward kind. */
  readonly kinds: Readonly<Record<string, number>>;
}

/** How many geometries are drawn: of each rank, or, of what has none, in all. */
const RUNS = { spatial: 16, other: 40 };

/** What a case is called. */
export const titleOf = ({ operator, rank, note }: Case) =>
  [operator, ...(rank === undefined ? [] : [`rank ${rank}`]), ...(note === undefined ? [] : [note])].join(", ");

/** The seed of the geometries: another one for every case and order. */
const seedOf = (of: Case, order: Order) =>
  [...`${titleOf(of)}, order ${order}`].reduce((seed, letter) => (seed * 31 + letter.charCodeAt(0)) % 2 ** 31, 0);

/**
 * Checks the derivatives of an operator over its geometries, and counts what was compared.
 *
 * @throws {Error} With the smallest geometry that fast-check finds whose derivative is wrong.
 */
export function measure(of: Case, order: Order): Measured {
  const { rank, linear, check, draw } = of;
  const { runs = rank === undefined ? RUNS.other : RUNS.spatial } = of;
  const kinds: Record<string, number> = {};
  let [geometries, entries] = [0, 0];
  fc.assert(
    fc.property(draw, (sample) => {
      const fn = order === 1 ? sample.fn : bent(sample.fn);
      geometries++;
      entries += checkGradient(fn, sample.inputs, { ...check, order }).entries;
      if (linear && order === 1) checkAdjoints(sample);
      for (const [kind, isSo] of Object.entries(sample.kinds)) kinds[kind] = (kinds[kind] ?? 0) + (isSo ? 1 : 0);
    }),
    { seed: seedOf(of, order), numRuns: runs, unbiased: true },
  );
  return { geometries, entries, kinds };
}

/** y + y²: so bent, a linear map has second derivatives other than 0, and they use its adjoint's adjoint. */
function bent(fn: Sample["fn"]): Sample["fn"] {
  return (...inputs) => {
    const y = fn(...inputs);
    return add(y, mul(y, y));
  };
}

/** ⟨A x, y⟩ = ⟨x, Aᵀ y⟩ for every input x with the others fixed, once the value at x = 0, a bias, is taken off. */
function checkAdjoints({ fn, inputs }: Sample): void {
  inputs.forEach(({ shape }, i) => {
    const at = (x: Variable) => fn(...inputs.map((other, j) => (j === i ? x : variable(other))));
    const origin = at(variable(zeros(shape, { dtype: "float64" }))).value;
    checkAdjoint((x) => sub(at(x), origin), shape);
  });
}
