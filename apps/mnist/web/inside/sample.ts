import { computed, signal } from "@preact/signals";
import { exampleOf } from "../examples.js";
import { digit, isBlank } from "../state.js";

const sample = signal<Float32Array | undefined>(undefined);

/** The digit to look at: the one that was drawn, or a seven that the network has never seen, until there is one. */
export const shownDigit = computed(() => (isBlank.value ? (sample.value ?? digit.value) : digit.value));

/** Whether the digit to look at is the sample. */
export const isSample = computed(() => shownDigit.value === sample.value);

/** Fetches the sample. */
export async function loadSample(): Promise<void> {
  sample.value ??= await exampleOf(7);
}
