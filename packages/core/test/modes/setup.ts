// Sets the cpu up as the project's name says, before each file of tests.

import { beforeAll, inject } from "vitest";
import { cpu } from "../../src/index.js";
import { configure } from "../../src/wasm/engine.js";
import { MODES, type Mode } from "./modes.js";

declare module "vitest" {
  interface ProvidedContext {
    readonly mode: Mode;
  }
}

beforeAll(async () => {
  const { wishes, expected } = MODES[inject("mode")];
  await configure(wishes);
  const { kernels, threads } = cpu.info();
  if (kernels !== expected.kernels || threads !== expected.threads) {
    throw new Error(`the cpu has ${kernels} kernels on ${threads} threads: ${cpu.info().reason}`);
  }
});
