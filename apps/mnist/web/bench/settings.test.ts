import { createRandom } from "@conv/core";
import { describe, expect, test } from "vitest";
import { figureOf } from "./figure.js";
import { everySetting, sampleFor, someSettings } from "./samples.js";
import { changed, conflict, DEFAULTS, geometryOf, RANGES, type Settings, whyNot } from "./settings.js";

describe("settings", () => {
  test("the bench starts with settings that go together", () => {
    expect(conflict(DEFAULTS)).toBeUndefined();
  });

  test("a conflict is named where the library refuses, and nowhere else, but for what the bench leaves out", () => {
    const random = createRandom(1);
    const all = everySetting();
    const drawn = Array.from({ length: 600 }, () => all[random.integer(all.length)]);
    for (const settings of drawn) {
      const { image, kernel } = sampleFor(
        { ...settings, groups: Math.min(settings.groups, settings.channels) },
        random,
      );
      const run = () => figureOf(settings, image, kernel);
      const reason = conflict(settings);
      if (reason === undefined) expect(run, JSON.stringify(settings)).not.toThrow();
      else if (reason === "tooWide" || reason === "halfWindow") expect(run).toThrow();
      else if (reason === "oneChannel" && settings.operation === "conv") expect(run).toThrow();
    }
  });

  test("from everywhere, every switch that is not refused leads to settings that go together", () => {
    for (const settings of someSettings(150, createRandom(2))) {
      for (const [name, values] of Object.entries(RANGES)) {
        for (const value of values) {
          const changes = { [name]: value } as Partial<Settings>;
          const next = changed(settings, changes);
          expect(conflict(next)).toBeUndefined();
          expect(() => geometryOf(next)).not.toThrow();
          if (whyNot(settings, changes) === undefined) expect(next).toMatchObject(changes);
          else expect(next).toEqual(settings);
        }
      }
    }
  });

  test("every operation is open from everywhere", () => {
    for (const settings of someSettings(150, createRandom(3)))
      for (const operation of RANGES.operation)
        expect(whyNot(settings, { operation }), JSON.stringify(settings)).toBeUndefined();
  });

  test("an edge needs two pixels: a window of one takes the identity instead", () => {
    expect(changed(DEFAULTS, { size: 1 })).toMatchObject({ size: 1, preset: "identity" });
    expect(whyNot({ ...DEFAULTS, preset: "blur", shape: "row" }, { preset: "edgeHorizontal" })).toBe("tooFlat");
  });
});
