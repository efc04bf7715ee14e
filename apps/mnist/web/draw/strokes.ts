import { signal } from "@preact/signals";
import { digit } from "../state.js";
import { type Point, rasterise, type Stroke } from "./rasterise.js";

/** What has been drawn on the pad; the last stroke may still grow. */
export const strokes = signal<readonly Stroke[]>([]);

let frame = 0;

/** Shows the strokes as a digit, once in a frame at most. */
function show(drawn: readonly Stroke[]): void {
  strokes.value = drawn;
  if (frame !== 0) return;
  frame = requestAnimationFrame(() => {
    frame = 0;
    digit.value = rasterise(strokes.value);
  });
}

/** The pen touches the pad. */
export const touch = (point: Point): void => show([...strokes.value, [point]]);

/** Points nearer than this to the one before are left out. Parts of the pad. */
const NEAR = 0.006;

/** The pen goes on. */
export function draw(points: readonly Point[]): void {
  const stroke = [...(strokes.value.at(-1) ?? [])];
  for (const [x, y] of points) {
    const [lastX, lastY] = stroke[stroke.length - 1] ?? [Number.NEGATIVE_INFINITY, 0];
    if (Math.hypot(x - lastX, y - lastY) > NEAR) stroke.push([x, y]);
  }
  show([...strokes.value.slice(0, -1), stroke]);
}

/** Takes the last stroke back. */
export const undo = (): void => show(strokes.value.slice(0, -1));

/** Wipes the pad. */
export const clear = (): void => show([]);

/** Puts a digit in that nobody drew here. */
export function put(pixels: Float32Array): void {
  cancelAnimationFrame(frame);
  frame = 0;
  strokes.value = [];
  digit.value = pixels;
}
