import { createRandom, type Shape, type Tensor } from "@conv/core";
import { formatShape } from "@conv/core/operators";
import { grad } from "../backward.js";
import { type Variable, variable } from "../variable.js";

/** What `checkAdjoint` found. */
export interface AdjointReport {
  /** ⟨A x, y⟩ */
  readonly forward: number;
  /** ⟨x, Aᵀ y⟩ */
  readonly adjoint: number;
}

/** Share of ‖A x‖·‖y‖ by which the two inner products may differ: rounding in float64 sums. */
const FLOAT64_SUM = 1e-12;

/**
 * Checks the adjoint of a linear map with inner products: ⟨A x, y⟩ = ⟨x, Aᵀ y⟩ for random x and y, in float64.
 * It proves the pair consistent, not the map right.
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
  { seed = 0 }: { readonly seed?: number } = {},
): AdjointReport {
  const random = createRandom(seed);
  const x = variable(random.normal(xShape, { dtype: "float64" }));
  const y = map(x);
  const gradY = random.normal(y.shape, { dtype: "float64" });
  const [gradX] = grad(y, [x], { gradY });
  const report = { forward: dot(y.value, gradY), adjoint: dot(x.value, gradX.value) };
  const scale = Math.sqrt(dot(y.value, y.value) * dot(gradY, gradY));
  if (!(Math.abs(report.forward - report.adjoint) <= FLOAT64_SUM * scale)) {
    throw new Error(
      `checkAdjoint: ⟨A x, y⟩ = ${report.forward}, but ⟨x, Aᵀ y⟩ = ${report.adjoint}, for x ${formatShape(xShape)} and ` +
        `y ${formatShape(y.shape)}. The adjoint rule is not the transpose of the map, or the map is not linear.`,
    );
  }
  return report;
}

function dot(a: Tensor, b: Tensor): number {
  const [as, bs] = [a.dataSync(), b.dataSync()];
  let sum = 0;
  for (let i = 0; i < as.length; i++) sum += as[i] * bs[i];
  return sum;
}
