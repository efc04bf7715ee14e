import shared from "@tooling/vitest";
import { defineConfig } from "vitest/config";
import { MODES } from "./test/modes/modes.js";

/** What must hold however the cpu computes. */
const everywhere = ["test/conformance.test.ts", "test/goldens.test.ts", "test/moreGoldens.test.ts"];

// All tests on the cpu as it is by default; and those once more in each of its modes.
export default defineConfig({
  test: {
    projects: [
      { test: { ...shared.test, name: "core" } },
      ...Object.keys(MODES).map((mode) => ({
        test: { ...shared.test, name: mode, include: everywhere, setupFiles: "test/modes/setup.ts", provide: { mode } },
      })),
    ],
  },
});
