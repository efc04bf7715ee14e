import { t } from "./texts.js";
import { look, places, predicted, wanted } from "./view.js";

/** The number whose gradients are shown, in words. */
export function targetText(): string {
  const { logit, thePixel } = t.value;
  if (typeof wanted.value === "number") return logit(wanted.value);
  const of = look.value?.of;
  if (wanted.value === "unit" && of !== undefined && of.place < places.value.length - 1) return thePixel;
  return logit(of !== undefined && wanted.value === "unit" ? of.unit : (predicted.value ?? 0));
}
