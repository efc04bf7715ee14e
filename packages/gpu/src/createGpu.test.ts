import { expect, test } from "vitest";
import { createGpu } from "./createGpu.js";

test("a device that is not there is refused, and the sentence says what to use", async () => {
  await expect(createGpu({ mode: "webgpu" })).rejects.toThrowErrorMatchingInlineSnapshot(
    `[BackendError: createGpu: this version has no GPU kernels yet, in any mode (asked for: webgpu). Use the cpu device.]`,
  );
});
