import { adaptiveAvgPooling, adaptiveMaxPooling, spatialRank, tidy } from "@conv/core/operators";
import type { Input, Variable } from "../variable.js";
import { adaptiveAvgSteps } from "./adaptiveAvgPool.js";
import { adaptiveMaxSteps } from "./adaptiveMaxPool.js";

/**
 * The mean of every channel's image: x [N, C, …] → [N, C, 1, …]; each of its I pixels gets gradY/I.
 *
 * Keeps nothing for the way back. Types and errors: as in `@conv/core`.
 *
 * @see Lin, Chen and Yan, "Network in network" (arXiv:1312.4400).
 */
export function globalAvgPool(x: Input): Variable {
  return adaptiveAvgPooling<Input, Variable>(spatialRank("globalAvgPool", x), adaptiveAvgSteps, "globalAvgPool")(x, 1);
}

/**
 * The largest pixel of every channel's image: x [N, C, …] → [N, C, 1, …]; it gets gradY, of equals the first, as in
 * `maxPool2d`. Keeps its index, int32. Types and errors: as in `@conv/core`.
 */
export function globalMaxPool(x: Input): Variable {
  const pool = adaptiveMaxPooling<Input, Variable>(spatialRank("globalMaxPool", x), adaptiveMaxSteps, "globalMaxPool");
  return tidy(() => pool(x, 1).y);
}
