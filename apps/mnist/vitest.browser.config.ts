import { defineConfig } from "vitest/config";

/** The page in Chromium: what a person does there. One file after another: they share the processor. */
export default defineConfig({
  test: { include: ["test/browser/**/*.test.ts"], testTimeout: 120_000, hookTimeout: 60_000, fileParallelism: false },
});
