import { normalize } from "@conv/data";

/** Pixels with mean 0 and variance 1 over MNIST's training set. */
export const transform = normalize(0.1307, 0.3081);
