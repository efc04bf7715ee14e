import { effect, signal } from "@preact/signals";
import { count, goTo, position, reached, rewind } from "./store.js";

/** Milliseconds from output to output. */
const BEAT = 420;

/** Whether the window moves by itself. */
export const isPlaying = signal(false);

/** Whether the bench is in sight; out of sight nothing moves. */
export const isInSight = signal(false);

/** Lets the window move; from the start where all is done. */
export function play(): void {
  if (reached.value === Number.POSITIVE_INFINITY) rewind();
  isPlaying.value = true;
}

/** Stops it where it is. */
export function pause(): void {
  isPlaying.value = false;
}

/** Moves the window by so many outputs. */
export function step(by: number): void {
  pause();
  goTo(position.value + by);
}

/** Keeps the window moving while it should. Returns what ends it. */
export function keepTime(): () => void {
  return effect(() => {
    if (!isPlaying.value || !isInSight.value) return;
    const timer = setInterval(() => {
      goTo(position.value + 1);
      if (position.value >= count.value - 1) pause();
    }, BEAT);
    return () => clearInterval(timer);
  });
}
