import { type Tensor, tensor } from "@conv/core";
import type { Evaluation, Sequential } from "@conv/nn";
import { computed, signal } from "@preact/signals";
import { type Architecture, SIDE, TWO_BLOCKS } from "../src/model.js";
import { transform } from "../src/transform.js";
import { blankModel } from "./blank.js";

/** The network as the page has it; the worker that trains sends its weights here several times a second. */
export const model = signal<Sequential>(blankModel(TWO_BLOCKS).eval());

/** What `model` is made of. */
export const architecture = signal<Architecture>(TWO_BLOCKS);

/** Goes up whenever the weights of `model` have changed: whoever computes with them reads it. */
export const weightsVersion = signal(0);

/** The digit that is looked at: 28 × 28 pixels from 0 (background) to 1. Blank until one is drawn or chosen. */
export const digit = signal<Float32Array>(new Float32Array(SIDE * SIDE));

/** Whether there is no digit. */
export const isBlank = computed(() => digit.value.every((ink) => ink === 0));

/** A digit as the network wants it: [1, 1, 28, 28]. */
export function toInput(pixels: Float32Array): Tensor {
  return transform({ x: tensor(pixels, [1, 1, SIDE, SIDE]), y: tensor([0]) }).x;
}

/** The network's last validation: what it was shown, and what it took it for. */
export const evaluation = signal<Pick<Evaluation, "labels" | "predictions"> | undefined>(undefined);
