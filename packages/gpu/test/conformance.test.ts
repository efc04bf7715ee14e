import { conformance } from "@conv/core/testing";
import { afterAll, expect, test } from "vitest";
import { createGpu } from "../src/index.js";
import { describeMode, modesInNode } from "./modes.js";

for (const tested of await modesInNode()) {
  describeMode("Node", tested, async () => {
    const gpu = await createGpu({ mode: tested.mode });
    afterAll(() => gpu.destroy());
    for (const { name, run } of conformance(gpu)) test(name, run);
    test("it is this mode that ran", () => {
      expect(gpu.info()).toMatchObject({ mode: tested.mode, lost: "", selfTest: { isPassed: true } });
    });
  });
}
