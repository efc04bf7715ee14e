import type { Random } from "@conv/core";
import { presetKernel } from "./presets.js";
import { conflict, kernelShapeOf, RANGES, type Settings, SIDE } from "./settings.js";

/** Every setting of every switch: those that go together, and those that do not. For tests. */
export function everySetting(): Settings[] {
  let all: Partial<Settings>[] = [{ preset: "random" }];
  for (const [name, values] of Object.entries(RANGES))
    all = all.flatMap((settings) => values.map((value) => ({ ...settings, [name]: value })));
  return all as Settings[];
}

/** Some of those that go together, drawn evenly. */
export function someSettings(count: number, random: Random): Settings[] {
  const fitting = everySetting().filter((settings) => conflict(settings) === undefined);
  return Array.from({ length: count }, () => fitting[random.integer(fitting.length)]);
}

/** An image and a kernel of random numbers for settings. */
export function sampleFor(settings: Settings, random: Random) {
  const image = Float64Array.from(random.uniform([settings.channels * SIDE * SIDE], { dtype: "float64" }).dataSync());
  const kernel = presetKernel("random", kernelShapeOf(settings), random.integer(1000));
  return { image, kernel };
}
