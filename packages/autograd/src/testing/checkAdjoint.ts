import { createRandom, sub as minus, add as plus, type Random, type Shape, type Tensor } from "@conv/core";
import { checkInteger, checkOptions, checkShape, expectDType, formatShape, formatValue } from "@conv/core/operators";
import { gradientsIn } from "../backward.js";
import { enableGrad } from "../recording.js";
import { Variable, variable } from "../variable.js";

/** What `checkAdjoint` found; as a string, a line to read. */
export interface AdjointReport {
  /** ⟨A x, y⟩ */
  readonly forward: number;
  /** ⟨x, Aᵀ y⟩ */
  readonly adjoint: number;
  /** Up to which difference they count as equal. */
  readonly allowedError: number;
  toString(): string;
}

/** Share of ‖A x‖·‖y‖ by which the two inner products may differ: rounding in float64 sums. */
const FLOAT64_SUM = 1e-12;

/**
 * Checks the adjoint of a linear map with inner products: ⟨A x, y⟩ = ⟨x, Aᵀ y⟩ for random x and y, in float64; and that
 * A (x + z) = A x + A z. It proves the pair consistent, not the map right.
 *
 * @param map Linear in its argument; anything else it uses must be fixed, and of dtype float64.
 * @param xShape The shape of its argument.
 * @param options `seed` of the random numbers. Default 0.
 * @returns Both inner products.
 * @throws {Error} When they differ.
 * @example
 * checkAdjoint((x) => avgPool2d(x, 2), [1, 3, 6, 6]);
 */
export function checkAdjoint(
  map: (x: Variable) => Variable,
  xShape: Shape,
  options: { readonly seed?: number } = {},
): AdjointReport {
  checkOptions("checkAdjoint", options, ["seed"]);
  const { seed = 0 } = options;
  if (typeof map !== "function") {
    throw new TypeError(`checkAdjoint: map must be a function of one Variable, got ${formatValue(map)}.`);
  }
  checkShape("checkAdjoint", xShape, "xShape");
  checkInteger("checkAdjoint", "seed", seed, 0);
  return enableGrad(() => check(map, xShape, createRandom(seed)));
}

function check(map: (x: Variable) => Variable, xShape: Shape, random: Random): AdjointReport {
  const x = variable(random.normal(xShape, { dtype: "float64" }));
  const y = map(x);
  if (!(y instanceof Variable)) {
    throw new TypeError(
      `checkAdjoint: map must return a Variable, got ${formatValue(y)}. Use operators of @conv/autograd.`,
    );
  }
  expectDType("checkAdjoint", "what map returns for a float64", y.dtype, "float64");
  const gradY = random.normal(y.shape, { dtype: "float64" });
  const [gradX] = gradientsIn("checkAdjoint", y, [x], { gradY });
  const [forward, adjoint] = [dot(y.value, gradY), dot(x.value, gradX.value)];
  const allowedError = FLOAT64_SUM * Math.sqrt(dot(y.value, y.value) * dot(gradY, gradY));
  const isEqual = Math.abs(forward - adjoint) <= allowedError; // not so, if one is NaN
  if (isEqual) expectAdditive(map, x.value, y.value, random);
  const sides = `⟨A x, y⟩ = ${forward}, ${isEqual ? "and" : "but"} ⟨x, Aᵀ y⟩ = ${adjoint}`;
  const verdict = isEqual ? "" : " The adjoint rule is not the transpose of the map, or the map is not linear.";
  const text = `checkAdjoint: ${sides}, for x ${formatShape(xShape)} and y ${formatShape(y.shape)}.${verdict}`;
  if (!isEqual) throw new Error(text);
  return { forward, adjoint, allowedError, toString: () => text };
}

/** Checks A(x + z) = A x + A z for a random z, given A x: a map that only scales, as relu does, is not linear. */
function expectAdditive(map: (x: Variable) => Variable, x: Tensor, ax: Tensor, random: Random): void {
  const z = random.normal(x.shape, { dtype: "float64" });
  const of = (value: Tensor) => map(variable(value)).value;
  const [left, right] = [of(plus(x, z)), plus(ax, of(z))];
  const off = minus(left, right);
  if (Math.sqrt(dot(off, off)) <= FLOAT64_SUM * Math.sqrt(dot(left, left) + dot(right, right))) return;
  throw new Error(
    `checkAdjoint: A (x + z) is not A x + A z, for x and z ${formatShape(x.shape)}: the map is not linear, though its ` +
      `adjoint fits it at x.`,
  );
}

function dot(a: Tensor, b: Tensor): number {
  const [as, bs] = [a.dataSync(), b.dataSync()];
  let sum = 0;
  for (let i = 0; i < as.length; i++) sum += as[i] * bs[i];
  return sum;
}
