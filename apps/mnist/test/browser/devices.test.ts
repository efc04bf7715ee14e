import { hasChromium } from "@tooling/chromium";
import { describe, expect, test } from "vitest";
import { choose, openSite, savedRuns, timeOn, untilPhase, untilTime } from "./site.js";

const NO_GPU = ["--disable-gpu", "--disable-software-rasterizer"];

describe.skipIf(!hasChromium)("what computes on the page", () => {
  test("without any graphics processor it says so, and learns on the processor", async () => {
    const site = await openSite(NO_GPU);
    const { page, errors, leave } = await site.visit();
    await untilTime(page, 1);
    for (const name of ["WebGPU", "WebGL2"]) expect(await page.getByRole("radio", { name }).isDisabled()).toBe(true);
    expect(await page.locator(".train-note").first().textContent()).toMatch(/WebGPU finds no .*WebGL2/);
    expect(await page.locator(".train-standing").textContent()).toContain("CPU");
    expect(errors).toEqual([]);
    await leave();
    await site.close();
  });

  // Chromium computes both without a graphics processor as well, though slowly.
  test.each([
    ["WebGPU", ["--enable-unsafe-webgpu"]],
    ["WebGL2", []],
  ])("a run goes on on %s, and back on the processor, and misses no batch", async (name, args) => {
    const site = await openSite(args);
    const { page, errors, leave } = await site.visit();
    await untilTime(page, 1);
    await choose(page, "Computes on", name);
    await page.waitForFunction(`document.querySelector(".train-standing").textContent.includes("${name}")`);
    const time = await timeOn(page);
    await untilTime(page, time + 0.2);
    await choose(page, "Computes on", "CPU");
    await page.waitForFunction(`document.querySelector(".train-standing").textContent.includes("CPU")`);
    await untilPhase(page, "complete");
    expect(Number(await page.locator("[data-accuracy]").getAttribute("data-accuracy"))).toBeGreaterThan(0.95);
    expect((await savedRuns(page))[0].curve.loss).toHaveLength(15 * Math.ceil(1437 / 32));
    expect(errors).toEqual([]);
    await leave();
    await site.close();
  });
});
