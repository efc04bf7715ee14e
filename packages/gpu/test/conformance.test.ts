import { conformance } from "@conv/core/testing";
import { afterAll, describe, expect, test } from "vitest";
import { createGpu } from "../src/index.js";
import { provideWebgpu } from "./webgpuInNode.js";

provideWebgpu();
for (const mode of ["cpu", "webasm", "webgpu"] as const) {
  const gpu = await createGpu({ mode });
  describe(mode, () => {
    afterAll(() => gpu.destroy());
    for (const { name, run } of conformance(gpu)) test(name, run);
    test("it is this mode that ran", () => {
      expect(gpu.info()).toMatchObject({ mode, lost: "", selfTest: { isPassed: true } });
    });
  });
}
