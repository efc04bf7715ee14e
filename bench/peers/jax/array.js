import { numpy as np } from "@jax-js/jax";

/** An array of the shape, with the values in row-major order. */
export const arrayOf = (values, shape) => np.array(values, { shape: [...shape] });
