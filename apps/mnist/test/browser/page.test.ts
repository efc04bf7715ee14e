import { createRequire } from "node:module";
import { gzipSync } from "node:zlib";
import { hasChromium } from "@tooling/chromium";
import type { AxeResults } from "axe-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openSite, untilPhase, untilTime } from "./site.js";

const axe = createRequire(import.meta.url).resolve("axe-core");

/** Bytes that the page may bring, compressed, graphics apart. */
const BUDGET = 250_000;

/** Both of every two languages, colour schemes and widths meet once. */
const LOOKS = (
  [
    ["en-US", "light", 1240],
    ["en-US", "dark", 360],
    ["zh-CN", "light", 360],
    ["zh-CN", "dark", 1240],
  ] as const
).map(([locale, colorScheme, width]) => ({ locale, colorScheme, viewport: { width, height: 844 } }));

describe.skipIf(!hasChromium)("the page", () => {
  let site: Awaited<ReturnType<typeof openSite>>;
  beforeAll(async () => {
    site = await openSite();
  });
  afterAll(() => site?.close());

  test.each(LOOKS)(
    "$locale, $colorScheme, $viewport.width pixels: axe finds no fault, nothing sticks out",
    async (look) => {
      const { page, errors, leave } = await site.visit({ ...look, reducedMotion: "reduce" });
      await untilTime(page, 1);
      expect(await page.evaluate("document.documentElement.lang")).toBe(look.locale === "en-US" ? "en" : "zh-Hans");
      await page.addScriptTag({ path: axe });
      const faults = async () => {
        const { violations } = await page.evaluate<AxeResults>(`axe.run({ resultTypes: ["violations"] })`);
        return violations.map(
          ({ id, impact, nodes }) => `${impact}: ${id}: ${nodes.map(({ html }) => html).join(" ")}`,
        );
      };
      expect(await faults()).toEqual([]);
      await page.locator("[data-flip]").click();
      await page.locator("details > summary").first().click();
      expect(await faults()).toEqual([]);
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(look.viewport.width);
      expect(errors).toEqual([]);
      await leave();
    },
  );

  test("language and colours change, and are remembered", async () => {
    const { page, errors, leave } = await site.visit();
    const paper = () => page.evaluate("getComputedStyle(document.body).backgroundColor");
    const light = await paper();
    await page.getByRole("button", { name: "中文" }).click();
    await page.getByRole("button", { name: "深色" }).click();
    const dark = await paper();
    expect(dark).not.toBe(light);
    await page.reload();
    await page.getByRole("button", { name: "English" }).waitFor();
    expect(await paper()).toBe(dark);
    expect(await page.title()).toContain("卷积");
    expect(errors).toEqual([]);
    await leave();
  });

  test("the keyboard reaches every part, and starts and pauses the run", async () => {
    const { page, errors, leave } = await site.visit();
    await untilTime(page, 1);
    const reached = new Set<string>();
    for (let i = 0; i < 300 && !reached.has("bench"); i++) {
      await page.keyboard.press("Tab");
      const part = await page.evaluate<string>(`document.activeElement.closest("section.part")?.id ?? ""`);
      if (part !== "") reached.add(part);
    }
    expect([...reached]).toEqual(["train", "draw", "inside", "architecture", "bench"]);
    await page.locator('[data-do="start"]').focus();
    await page.keyboard.press("Enter");
    await page.locator('[data-run="2"]').waitFor();
    await untilTime(page, 1);
    await page.locator('[data-do="pause"]').focus();
    await page.keyboard.press("Space");
    await untilPhase(page, "paused");
    expect(errors).toEqual([]);
    await leave();
  });

  test("asks nobody but its host for anything, and is small", async () => {
    const { page, errors, leave } = await site.visit();
    const origin = new URL(page.url()).origin;
    const origins = new Set<string>();
    const sizes = new Map<string, number>();
    page.on("response", async (response) => {
      const url = new URL(response.url());
      origins.add(url.origin);
      if (url.protocol !== "blob:") sizes.set(url.pathname, gzipSync(await response.body()).length);
    });
    await page.reload();
    await untilTime(page, 2);
    expect([...origins]).toEqual([origin]);
    expect(sizes.size).toBeGreaterThan(5);
    expect([...sizes.values()].reduce((sum, size) => sum + size, 0)).toBeLessThan(BUDGET);
    expect([...sizes.keys()].filter((name) => name.includes("gpujs"))).toEqual([]);
    expect(errors).toEqual([]);
    await leave();
  });
});
