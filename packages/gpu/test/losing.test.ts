import { afterAll, expect, test } from "vitest";
import { openChromium } from "./inChromium.js";
import { runProgram } from "./inNode.js";
import type { Losing } from "./losing.js";
import { describeMode, modesInNode, type TestedMode } from "./modes.js";

/* What becomes of a device when the graphics processor's goes away, as it does when a driver fails. */

const chromium = await openChromium();
afterAll(() => chromium.close());

/** At once, and in the middle of the work: after so many kernels. WebGL 1 does not let anybody in between. */
const MOMENTS = [0, 100];
const momentsOf = (mode: string) => (mode === "webgl" ? [0] : MOMENTS);

function expectLost({ lost, destroyed, pending, old, made, uploaded, ...next }: Losing, what: RegExp): void {
  expect(lost).toMatch(what);
  for (const read of [...pending, old, made, uploaded]) {
    expect(read).toBe(`BackendError: data: ${lost}, and its tensors with it. Make another device: await createGpu().`);
  }
  expect(pending).toHaveLength(2);
  expect(destroyed).toBe("no error but undefined");
  expect(next).toEqual({ next: [2, 2], nextLost: "" });
}

const isWebgpu = ({ mode }: TestedMode) => mode === "webgpu";

for (const tested of (await modesInNode()).filter(isWebgpu)) {
  describeMode("Node", tested, () => {
    test.each(MOMENTS)("lost after %i kernels: reads fail, another device works, the process ends", async (kernels) => {
      const { stdout, stderr } = await runProgram("losing.ts", kernels);
      expectLost(JSON.parse(stdout), /^the WebGPU device was lost \(.*destroyed.*\)$/);
      expect(stderr).not.toMatch(/unhandled|uncaught/i);
    });
  });
}

for (const tested of chromium.modes) {
  describeMode("Chromium", tested, () => {
    test.each(momentsOf(tested.mode))(
      "lost after %i kernels: reads fail, another device works, no error is left",
      async (kernels) => {
        const page = await chromium.page();
        const what = isWebgpu(tested)
          ? /^the WebGPU device was lost \(.*destroyed.*\)$/
          : /^the WebGL context was lost$/;
        expectLost(await page.call("lose", tested.mode, kernels), what);
        expect(page.uncaught).toEqual([]);
        await page.close();
      },
    );

    test("what it refuses is no result: reads fail from then on", async () => {
      const page = await chromium.page();
      const { before, after, later, lost } = await page.call("refuse", tested.mode);
      expect(before).toBe("no error but 1,1");
      expect(lost).toMatch(
        isWebgpu(tested) ? /^the WebGPU device failed \(.*usage/s : /^the WebGL context failed \(INVALID_ENUM\)$/,
      );
      for (const read of [after, later]) expect(read).toContain(`BackendError: data: ${lost}`);
      await page.close();
    });
  });
}
