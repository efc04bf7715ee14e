import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { isInSight, isPlaying, keepTime, pause, play, step } from "./play.js";
import { DEFAULTS } from "./settings.js";
import {
  change,
  chooseImage,
  choosePreset,
  count,
  current,
  goTo,
  image,
  ink,
  kernel,
  paintPixel,
  position,
  reached,
  returned,
  rewind,
  settings,
  setWeight,
  startingImage,
} from "./store.js";

beforeEach(() => {
  vi.useFakeTimers();
  pause();
  change(DEFAULTS);
  chooseImage("seven");
});
afterEach(() => {
  vi.useRealTimers();
});

test("a kernel of one's own survives every switch, and keeps its middle", () => {
  setWeight(4, 7);
  expect(settings.value.preset).toBe("own");
  change({ size: 5 });
  change({ channels: 2 });
  expect(kernel.value.length).toBe(2 * 2 * 25);
  expect(kernel.value[12]).toBe(7);
  change({ operation: "max" });
  change({ operation: "conv" });
  expect(kernel.value[12]).toBe(7);
});

test("random is another one each time", () => {
  choosePreset("random");
  const first = kernel.value;
  choosePreset("random");
  expect(kernel.value).not.toEqual(first);
});

test("a brush paints with the largest number of the image", () => {
  chooseImage("ramp");
  expect(ink.value).toBe(7);
  paintPixel(0, ink.value);
  expect(image.value[0]).toBe(7);
  expect(startingImage.value).toBeUndefined();
});

test("the window stays inside the output when that shrinks", () => {
  goTo(63);
  change({ stride: 3 });
  expect(position.value).toBe(count.value - 1);
  expect(current.value.index).toBe(position.value);
  expect(returned.value.y[position.value]).toBe(1);
});

test("the output grows as the window moves, up to its end, and then begins again", () => {
  const end = keepTime();
  isInSight.value = true;
  play();
  expect([position.value, reached.value]).toEqual([0, 0]);
  vi.advanceTimersByTime(2000);
  expect(position.value).toBeGreaterThan(2);
  expect(reached.value).toBe(position.value);
  step(-1);
  expect(isPlaying.value).toBe(false);
  expect(reached.value).toBe(position.value + 1);
  play();
  vi.advanceTimersByTime(100_000);
  expect(position.value).toBe(63);
  expect([isPlaying.value, reached.value]).toEqual([false, Number.POSITIVE_INFINITY]);
  end();
});

test("out of sight nothing moves", () => {
  const end = keepTime();
  isInSight.value = false;
  rewind();
  play();
  vi.advanceTimersByTime(5000);
  expect(position.value).toBe(0);
  end();
});
