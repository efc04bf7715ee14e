import { scope } from "@conv/autograd";
import { softmax, tensor } from "@conv/core";
import { CLASSES } from "../../src/model.js";
import { Probabilities } from "../ui/probabilities.js";
import { t } from "./texts.js";
import { look } from "./view.js";

/** The ten digits with their probabilities, beside their logits. */
export function Classes() {
  const logits = look.value?.activations.at(-1);
  const isKnown = logits?.length === CLASSES;
  const values = isKnown ? scope(() => softmax(tensor([...logits]), 0).dataSync()) : new Float32Array(CLASSES);
  const best = isKnown ? look.value?.predicted : undefined;
  return <Probabilities class="inside-classes" label={t.value.classes} values={values} best={best} />;
}
