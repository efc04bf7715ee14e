import { noGrad, scope } from "@conv/autograd";
import { argmax, softmax } from "@conv/core";
import { computed } from "@preact/signals";
import { digit, isBlank, model, toInput, weightsVersion } from "../state.js";

/** What the network takes the digit for. */
export interface Prediction {
  /** Of the ten digits, from 0 to 1. */
  readonly probabilities: Float32Array;
  /** The most probable one. */
  readonly digit: number;
}

/** How the network reads the digit, as it is now; undefined as long as there is none. */
export const prediction = computed((): Prediction | undefined => {
  weightsVersion.value; // the weights change in place
  const [pixels, network] = [digit.value, model.value];
  if (isBlank.value) return undefined;
  return noGrad(() =>
    scope(() => {
      const probabilities = softmax(network.forward(toInput(pixels)).value, 1);
      return {
        probabilities: Float32Array.from(probabilities.dataSync()),
        digit: argmax(probabilities, { dim: 1 }).dataSync()[0],
      };
    }),
  );
});
