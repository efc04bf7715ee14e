import { hasChromium } from "@tooling/chromium";
import { describe, expect, test } from "vitest";
import { choose, openSite, pauseAfter, savedRuns, timeOn, untilTime } from "./site.js";

/** Steps of an epoch: 1437 digits in batches of 32. */
const STEPS = Math.ceil(1437 / 32);

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
    await pauseAfter(page, 5);
    expect(Number(await page.locator("[data-accuracy]").getAttribute("data-accuracy"))).toBeGreaterThan(0.8);
    const [{ curve }] = await savedRuns(page);
    expect(curve.loss).toHaveLength(Math.round((curve.time.at(-1) ?? 0) * STEPS));
    expect(errors).toEqual([]);
    await leave();
    await site.close();
  });
});
