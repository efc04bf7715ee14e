import shared from "@tooling/vitest";
import { defineConfig, mergeConfig } from "vitest/config";

/** What needs no browser. */
export default mergeConfig(
  shared,
  defineConfig({
    test: { include: ["web/**/*.test.ts"], exclude: ["test/browser/**", "node_modules/**"] },
  }),
);
