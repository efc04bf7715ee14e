import { defineConfig } from "tsup";

export default defineConfig({
  entry: ["src/cli/main.ts"],
  outDir: "dist/cli",
  format: "esm",
  target: "node20",
  sourcemap: true,
  clean: true,
});
