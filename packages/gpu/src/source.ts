import type { DType } from "@conv/core";

/*
 * Texts of kernels, in gpu.js's part of JavaScript. All numbers there are float32, indices too: they are exact below 2²⁴, and
 * tensors have at most 2²³ elements. Not every graphics processor divides exactly, so quotients are products here.
 */

/** Up to here (i + ½)·(1/n), rounded twice, lies on the same side of every integer as i/n does. */
const EXACT = 2 ** 21;

/**
 * Statements for q = ⌊i/n⌋, for an integer i from 0 up to, not including, `bound`.
 *
 * @param q The name of the quotient.
 */
export function quotient(q: string, i: string, n: number, bound: number): string {
  if (Number.isInteger(Math.log2(n))) return `const ${q} = Math.floor(${i} * ${1 / n});`;
  if (bound <= EXACT) return `const ${q} = Math.floor((${i} + 0.5) * ${1 / n});`;
  // at most one off: the remainder tells
  return `let ${q} = Math.floor(${i} * ${1 / n});
const ${q}_rest = ${i} - ${q} * ${n};
if (${q}_rest < 0) { ${q} = ${q} - 1; }
if (${q}_rest >= ${n}) { ${q} = ${q} + 1; }`;
}

/** Where an element stands: statements that work it out, and for each axis an expression. */
export interface Position {
  readonly code: string;
  readonly at: readonly string[];
}

/**
 * The position along each axis of the element whose row-major number is `i`.
 *
 * @param i A name.
 * @param names One for each axis, new in the kernel.
 */
export function positionOf(i: string, lengths: readonly number[], names: readonly string[]): Position {
  const code: string[] = [];
  const at: string[] = lengths.map(() => "0");
  let rest = i;
  let bound = lengths.reduce((product, length) => product * length, 1);
  for (let axis = lengths.length - 1; axis >= 0; axis--) {
    const length = lengths[axis];
    if (length === 1) continue;
    if (bound === length) {
      at[axis] = rest; // nothing is left before it
      break;
    }
    const before = `${names[axis]}_before`;
    code.push(quotient(before, rest, length, bound), `const ${names[axis]} = ${rest} - ${before} * ${length};`);
    at[axis] = names[axis];
    rest = before;
    bound /= length;
  }
  return { code: code.join("\n"), at };
}

/** offset + Σ atₐ·stepₐ, without what is 0. */
export function offsetOf(at: readonly string[], steps: readonly number[], offset: number | string = 0): string {
  const terms = at.flatMap((name, axis) => {
    if (name === "0" || steps[axis] === 0) return [];
    return steps[axis] === 1 ? [name] : [`${name} * ${steps[axis]}`];
  });
  if (offset !== 0) terms.push(String(offset));
  return terms.join(" + ").replaceAll("+ -", "- ") || "0";
}

/** Integers of a device are exact up to here: the sum of two of them, rounded to float32, is beyond it if the true one is. */
export const MAX_INTEGER = 2 ** 24 - 1;

/** Statements that make an integer infinite which float32 cannot be trusted with: no later map undoes that, and reading refuses. */
export function beyondRange(name: string): string {
  return `if (Math.abs(${name}) > ${MAX_INTEGER}) { ${name} = ${name} * 1e38 * 1e38; }`;
}

/** Statements that add a term to a running sum: of integers, so that none of the sums on the way was rounded. */
export function plus(name: string, term: string, dtype: DType): string {
  const added = `${name} += ${term};`;
  return dtype === "int32" ? `${added}\n${beyondRange(name)}` : added;
}

/** A condition: `v` is NaN. v ≠ v will not do, compilers make it false. */
export function notANumber(v: string): string {
  return `(${v} < 0 ? 0 : (${v} >= 0 ? 0 : 1)) == 1`;
}

/** The axes of a shape by their names: x0, x1, … */
export function axisNames(prefix: string, lengths: readonly unknown[]): string[] {
  return lengths.map((_, axis) => `${prefix}${axis}`);
}
