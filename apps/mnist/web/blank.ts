import { createRandom, type Random, zeros } from "@conv/core";
import type { Sequential } from "@conv/nn";
import { type Architecture, createModel } from "../src/model.js";

/** A generator of zeros: a hundred thousand random numbers would be drawn for nothing. */
const noRandom: Random = Object.assign(createRandom(0), {
  uniform: ((shape, { dtype, device } = {}) => zeros(shape, { dtype, device })) satisfies Random["uniform"],
});

/** A network whose weights are zeros: they come from elsewhere, or nobody asks for them. */
export const blankModel = (architecture: Architecture): Sequential => createModel(architecture, noRandom);
