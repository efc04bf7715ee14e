import { activationCases } from "./activations.js";
import { adaptivePoolCases } from "./adaptivePool.js";
import { borderCases } from "./borders.js";
import type { Case } from "./case.js";
import { convCases } from "./conv.js";
import { convTransposeCases } from "./convTranspose.js";
import { elementwiseCases } from "./elementwise.js";
import { interpolateCases } from "./interpolate.js";
import { poolCases } from "./pool.js";
import { productCases } from "./products.js";
import { reductionCases } from "./reductions.js";
import { shapeCases } from "./shapes.js";

/** Every operator whose derivatives are checked, in the order of the README's table. */
export const cases: readonly Case[] = [
  ...convCases,
  ...convTransposeCases,
  ...borderCases,
  ...productCases,
  ...poolCases,
  ...adaptivePoolCases,
  ...interpolateCases,
  ...elementwiseCases,
  ...activationCases,
  ...reductionCases,
  ...shapeCases,
];
