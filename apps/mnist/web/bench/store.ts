import { batch, computed, signal } from "@preact/signals";
import { adjointOf, identityOf, type Sent, sentBack } from "./adjoint.js";
import { figureOf } from "./figure.js";
import { type StartingImage, startingPlane } from "./images.js";
import { type Preset, presetKernel, recentred } from "./presets.js";
import { changed, DEFAULTS, kernelShapeOf, type Settings, SIDE } from "./settings.js";
import { outputsOf, windowAt } from "./window.js";

const PIXELS = SIDE * SIDE;

/** What stands in the second channel beside each starting image. */
const PARTNERS: Record<StartingImage, StartingImage> = {
  seven: "cross",
  cross: "seven",
  ramp: "impulse",
  impulse: "blank",
  random: "random",
  blank: "blank",
};

const planesOf = (name: StartingImage, seed: number) =>
  Float64Array.from([...startingPlane(name, seed), ...startingPlane(PARTNERS[name], seed + 1)]);

let seed = 1;

/** Where the switches stand. */
export const settings = signal<Settings>(DEFAULTS);

/** Which image was begun with; undefined once it was painted on. */
export const startingImage = signal<StartingImage | undefined>("seven");

const planes = signal(planesOf("seven", seed));

/** The image: one plane for each channel. */
export const image = computed(() => planes.value.subarray(0, settings.value.channels * PIXELS));

/** The numbers of the kernel, [O, C/groups, rows, columns]; a pooling leaves them as they are. */
export const kernel = signal(presetKernel("edgeHorizontal", kernelShapeOf(DEFAULTS), seed));

/** All numbers that are shown. */
export const figure = computed(() => figureOf(settings.value, image.value, kernel.value));

const wanted = signal(27);

/** The outputs up to which one are in sight; all are, at first. */
export const reached = signal(Number.POSITIVE_INFINITY);

/** How many outputs there are. */
export const count = computed(() => outputsOf(figure.value));

/** The output that the window stands at. */
export const position = computed(() => Math.min(wanted.value, count.value - 1));

/** How that output is made. */
export const current = computed(() => windowAt(figure.value, position.value));

/** Which gradient is sent back. */
export const sent = signal<Sent>("one");

/** The gradient of the output, and where it goes. */
export const returned = computed(() => {
  const shown = figure.value;
  const y = sentBack(shown, sent.value, position.value);
  const adjoint = adjointOf(shown, image.value, y);
  return { y, ...adjoint, identity: identityOf(shown, image.value, y, adjoint) };
});

/** Puts the window at an output. */
export function goTo(index: number): void {
  batch(() => {
    wanted.value = Math.max(0, Math.min(index, count.value - 1));
    reached.value = Math.max(reached.value, wanted.value);
    if (reached.value >= count.value - 1) reached.value = Number.POSITIVE_INFINITY;
  });
}

/** Clears the output, and puts the window at its first. */
export function rewind(): void {
  batch(() => {
    wanted.value = 0;
    reached.value = 0;
  });
}

/** Puts switches otherwise; the kernel follows. */
export function change(changes: Partial<Settings>): void {
  const [before, after] = [settings.value, changed(settings.value, changes)];
  const [from, to] = [kernelShapeOf(before), kernelShapeOf(after)];
  const isSame = before.preset === after.preset && from.join() === to.join();
  batch(() => {
    settings.value = after;
    if (isSame) return;
    kernel.value = after.preset === "own" ? recentred(kernel.value, from, to) : presetKernel(after.preset, to, seed);
  });
}

/** Another random kernel, or the one that is named. */
export function choosePreset(preset: Preset): void {
  if (preset === "random") seed++;
  change({ preset });
  if (preset === "random") kernel.value = presetKernel("random", kernelShapeOf(settings.value), seed);
}

/** One number of the kernel. */
export function setWeight(index: number, value: number): void {
  batch(() => {
    kernel.value = kernel.value.map((old, i) => (i === index ? value : old));
    settings.value = { ...settings.value, preset: "own" };
  });
}

/** Begins with an image. */
export function chooseImage(name: StartingImage): void {
  if (name === "random") seed++;
  batch(() => {
    startingImage.value = name;
    planes.value = planesOf(name, seed);
  });
}

/** What a brush paints with: the largest number there is, and at least 1. */
export const ink = computed(() => Math.max(1, ...planes.value));

/** One pixel of the image. */
export function paintPixel(index: number, value: number): void {
  if (planes.value[index] === value) return;
  batch(() => {
    planes.value = planes.value.map((old, i) => (i === index ? value : old));
    startingImage.value = undefined;
  });
}
