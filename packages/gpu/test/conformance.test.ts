import { conformance } from "@conv/core/testing";
import { afterAll, expect, test } from "vitest";
import { createGpu } from "../src/index.js";
import { describeMode, modesInNode } from "./modes.js";

for (const tested of await modesInNode()) {
  const { mode, missing } = tested;
  if (missing !== "") {
    describeMode("Node", tested, () => test.todo("the table of conformance"));
    continue;
  }
  const gpu = await createGpu({ mode });
  describeMode("Node", tested, () => {
    afterAll(() => gpu.destroy());
    for (const { name, run } of conformance(gpu)) test(name, run);
    test("it is this mode that ran", () => {
      expect(gpu.info()).toMatchObject({ mode, lost: "", selfTest: { isPassed: true } });
    });
  });
}
