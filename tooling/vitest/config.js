import { defineConfig } from "vitest/config";

/** How every package here is tested: the files beside the source, and those in test/. */
export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    testTimeout: 60_000,
    pool: "threads",
  },
});
