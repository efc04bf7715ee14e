import { scope } from "@conv/autograd";
import { softmax, tensor } from "@conv/core";
import { CLASSES } from "../../src/model.js";
import { percent } from "../train/format.js";
import { t } from "./texts.js";
import { look } from "./view.js";

/** The ten digits with their probabilities, beside their logits. */
export function Classes() {
  const logits = look.value?.activations.at(-1);
  const shares = logits?.length === CLASSES ? scope(() => softmax(tensor([...logits]), 0).dataSync()) : undefined;
  return (
    <ol class="inside-classes" aria-label={t.value.classes}>
      {Array.from({ length: CLASSES }, (_, digit) => {
        const share = shares?.[digit] ?? 0;
        return (
          <li key={digit} class={digit === look.value?.predicted ? "best" : ""} data-probability={share.toPrecision(6)}>
            <b>{digit}</b>
            <span class="share" style={{ "--share": share }} />
            <span class="number">{percent(share)}</span>
          </li>
        );
      })}
    </ol>
  );
}
