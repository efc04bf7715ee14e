import { createRandom } from "@conv/core";
import { expect, test } from "vitest";
import { figureOf } from "./figure.js";
import { sampleFor, someSettings } from "./samples.js";
import { geometryOf, type Settings, SIDE } from "./settings.js";
import { structureOf } from "./structure.js";

/** The entry of Ŵ between output (o, i, j) and pixel (c, p, q). */
function entryOf(settings: Settings) {
  const random = createRandom(4);
  const { image, kernel } = sampleFor(settings, random);
  const { values, columns } = figureOf(settings, image, kernel).matrix;
  const { outSize } = geometryOf(settings);
  return (o: number, i: number, j: number, c: number, p: number, q: number) =>
    values[((o * outSize[0] + i) * outSize[1] + j) * columns + (c * SIDE + p) * SIDE + q];
}

test("Ŵ has the structure that is told: one step on in the output is one step on in the image", () => {
  const random = createRandom(8);
  const told = someSettings(800, random).filter(({ operation, stride }) => operation === "conv" && stride === 1);
  const regular = told.filter((settings) => ["toeplitz", "circulant"].includes(structureOf(settings)));
  expect(regular.some((settings) => structureOf(settings) === "circulant")).toBe(true);
  for (const settings of regular) {
    const entry = entryOf(settings);
    const { outSize, outChannels } = geometryOf(settings);
    const isRound = structureOf(settings) === "circulant";
    const next = (at: number) => (isRound ? (at + 1) % SIDE : at + 1);
    for (let k = 0; k < 300; k++) {
      const [o, c] = [random.integer(outChannels), random.integer(settings.channels)];
      const [i, j] = outSize.map((length) => random.integer(length));
      const [p, q] = [random.integer(SIDE), random.integer(SIDE)];
      if ([next(i), next(j)].some((at, axis) => at >= outSize[axis]) || next(p) >= SIDE || next(q) >= SIDE) continue;
      expect(entry(o, next(i), j, c, next(p), q), JSON.stringify(settings)).toBe(entry(o, i, j, c, p, q));
      expect(entry(o, i, next(j), c, p, next(q)), JSON.stringify(settings)).toBe(entry(o, i, j, c, p, q));
    }
  }
});
