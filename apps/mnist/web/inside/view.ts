import { scope } from "@conv/autograd";
import { batch, computed, effect, signal } from "@preact/signals";
import { model, toInput, weightsVersion } from "../state.js";
import { placesOf } from "./layers.js";
import { type Look, layersOf, lookInside, type Target, type Unit } from "./lookInside.js";
import type { Region } from "./region.js";
import { shownDigit } from "./sample.js";
import { traceBack } from "./trace.js";

/** The tensors of the network, from the digit to the logits. */
export const places = computed(() => placesOf(model.value));

/** Whose gradient is asked for: a class, the predicted one, or the unit that was clicked. */
export const wanted = signal<number | "predicted" | "unit">("predicted");

/** The unit under the pointer or the keyboard's, and the one that was clicked. */
export const pointed = signal<Unit | undefined>(undefined);
export const pinned = signal<Unit | undefined>(undefined);

/** The unit that is told about. */
export const chosen = computed(() => pointed.value ?? pinned.value);

/** What that unit sees at its own place and at every earlier one. */
export const regions = computed((): readonly Region[] => {
  if (chosen.value === undefined || places.value[chosen.value.place] === undefined) return [];
  const { place, unit } = chosen.value;
  const shapes = places.value.map(({ shape }) => shape);
  return traceBack(layersOf(model.value), shapes, place, unit);
});

/** Whether everything is flipped over, and the maps, "place.map", that are not as everything is. */
const isAllFlipped = signal(false);
const exceptions = signal<ReadonlySet<string>>(new Set());

/** Whether a map shows the gradient. */
export const isFlipped = (place: number, map: number): boolean =>
  isAllFlipped.value !== exceptions.value.has(`${place}.${map}`);

/** Whether all of a tensor's maps show the gradient. */
export const isPlaceFlipped = (place: number): boolean => mapsOf(place).every((map) => isFlipped(place, map));

/** Whether any map shows the gradient, and whether all do. */
export const isAnyFlipped = computed(() =>
  places.value.some(({ place }) => mapsOf(place).some((map) => isFlipped(place, map))),
);
export const areAllFlipped = computed(() => places.value.every(({ place }) => isPlaceFlipped(place)));

/** Flips everything: to the gradients, unless all show theirs. */
export function flipAll(): void {
  const next = !areAllFlipped.value;
  batch(() => {
    exceptions.value = new Set();
    isAllFlipped.value = next;
  });
}

/** Flips all maps of a tensor. */
export function flipPlace(place: number): void {
  const next = !isPlaceFlipped(place);
  const changed = new Set(exceptions.value);
  for (const map of mapsOf(place)) {
    if (next === isAllFlipped.value) changed.delete(`${place}.${map}`);
    else changed.add(`${place}.${map}`);
  }
  exceptions.value = changed;
}

/** Flips one map. */
export function flipMap(place: number, map: number): void {
  const changed = new Set(exceptions.value);
  if (!changed.delete(`${place}.${map}`)) changed.add(`${place}.${map}`);
  exceptions.value = changed;
}

function mapsOf(place: number): number[] {
  const shape = places.value[place]?.shape ?? [];
  return Array.from({ length: shape.length === 3 ? shape[0] : 1 }, (_, map) => map);
}

const target = computed((): Target | undefined => {
  if (!isAnyFlipped.value) return undefined;
  if (wanted.value === "predicted") return "predicted";
  if (typeof wanted.value === "number") return { class: wanted.value };
  return pinned.value ?? "predicted";
});

/** What the network makes of the digit now, and of which network that is. */
export const look = signal<(Look & { readonly model: unknown }) | undefined>(undefined);

/** The class that the network takes the digit for. */
export const predicted = computed(() => look.value?.predicted);

/** Whether somebody can see the picture. */
export const isOnScreen = signal(true);

/** Milliseconds between two looks that nobody sees. */
const REST = 1000;

/**
 * Looks again whenever weights, network, digit or question change: once in a frame at most, and once in a second where nobody
 * sees it. Ends with what it returns.
 */
export function keepLooking(): () => void {
  let due: { readonly isSoon: boolean; cancel(): void } | undefined;
  const stop = effect(() => {
    for (const asked of [model, weightsVersion, shownDigit, target]) asked.value;
    const isSoon = isOnScreen.value || look.peek()?.model !== model.peek();
    if (due !== undefined && (due.isSoon || !isSoon)) return;
    due?.cancel();
    const run = () => {
      due = undefined;
      lookAgain();
    };
    const handle = isSoon ? requestAnimationFrame(run) : setTimeout(run, REST);
    due = { isSoon, cancel: () => (isSoon ? cancelAnimationFrame(handle) : clearTimeout(handle)) };
  });
  return () => {
    stop();
    due?.cancel();
  };
}

function lookAgain(): void {
  const network = model.peek();
  look.value = scope(() => ({ ...lookInside(network, toInput(shownDigit.peek()), target.peek()), model: network }));
}

let known = model.peek();
effect(() => {
  if (model.value === known) return;
  known = model.value;
  batch(() => {
    pointed.value = undefined;
    pinned.value = undefined;
    exceptions.value = new Set();
    if (wanted.peek() === "unit") wanted.value = "predicted";
  });
});
