import { compose, normalize, randomAffine } from "@conv/data";

/** Pixels with mean 0 and variance 1 over MNIST's training set. */
export const transform = normalize(0.1307, 0.3081);

/**
 * The same, after an image was turned, leaned, enlarged and moved a little: a network that learns from such images also reads
 * digits that are not written as those of the dataset are.
 */
export const augment = compose(randomAffine(12, { translate: 0.07, scale: [0.8, 1.15], shear: 12 }), transform);
