import { computed, signal } from "@preact/signals";
import { digit } from "../state.js";

const SEVEN = 7;
const sample = signal<Float32Array | undefined>(undefined);

/** The digit to look at: the one that was drawn, or a seven that nobody in the network has seen, until there is one. */
export const shownDigit = computed(() => (isBlank(digit.value) ? (sample.value ?? digit.value) : digit.value));

/** Whether the digit to look at is the sample. */
export const isSample = computed(() => shownDigit.value === sample.value);

/** Fetches the sample: the first seven of the digits for testing. */
export async function loadSample(): Promise<void> {
  if (sample.value !== undefined) return;
  const { digits } = await import("@conv/data/digits");
  const dataset = await digits({ split: "test" });
  const { y } = dataset.get(Array.from({ length: dataset.length }, (_, i) => i));
  const { x } = dataset.get([y.dataSync().indexOf(SEVEN)]);
  sample.value = Float32Array.from(x.dataSync());
}

function isBlank(pixels: Float32Array): boolean {
  return pixels.every((pixel) => pixel === 0);
}
