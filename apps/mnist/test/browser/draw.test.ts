import { hasChromium } from "@tooling/chromium";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { byHand, HANDS, type Written } from "../hands.js";
import { openSite, untilPhase, type Visitor } from "./site.js";

/** Draws strokes on the pad with the pointer. */
async function draw(page: Page, { strokes }: Written): Promise<void> {
  const pad = page.locator("[data-draw-pad]");
  await pad.scrollIntoViewIfNeeded();
  const { x, y, width, height } = (await pad.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
  for (const [first, ...others] of strokes) {
    await page.mouse.move(x + first[0] * width, y + first[1] * height);
    await page.mouse.down();
    for (const [right, down] of others) await page.mouse.move(x + right * width, y + down * height);
    await page.mouse.up();
  }
  await settled(page);
}

/** Two frames later what was drawn has been read. */
const settled = (page: Page) =>
  page.evaluate("new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))");

const readOn = (page: Page) => page.locator("[data-prediction]").textContent();
const clear = (page: Page) => page.locator('#draw [data-do="clear"]').click();

describe.skipIf(!hasChromium)("drawing", () => {
  let site: Awaited<ReturnType<typeof openSite>>;
  let visitor: Visitor;
  beforeAll(async () => {
    site = await openSite();
    visitor = await site.visit();
    await untilPhase(visitor.page, "complete");
  });
  afterAll(async () => {
    await visitor?.leave();
    await site?.close();
  });

  test.each(HANDS.filter((_, i) => i % 3 === 0))("$digit, $name, is read", async (hand) => {
    const { page, errors } = visitor;
    await draw(page, hand);
    expect(await readOn(page)).toBe(String(hand.digit));
    expect(await page.locator("#draw [role=status]").textContent()).toMatch(`Read as ${hand.digit}, `);
    await clear(page);
    expect(errors).toEqual([]);
  });

  test("unsteady hands are read too", async () => {
    const { page } = visitor;
    const read: string[] = [];
    const drawn = HANDS.filter((_, i) => i % 3 === 2).map((hand, seed) => byHand(hand, seed));
    for (const hand of drawn) {
      await draw(page, hand);
      read.push((await readOn(page)) ?? "");
      await clear(page);
    }
    const right = drawn.filter(({ digit }, i) => read[i] === String(digit));
    expect(right.length).toBeGreaterThanOrEqual(9); // of 10
  });

  test("it is read while it is drawn; strokes are taken back; the pad is wiped", async () => {
    const { page, errors } = visitor;
    const pad = page.locator("[data-draw-pad]");
    const { x, y, width, height } = (await pad.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
    const to = (right: number, down: number) => page.mouse.move(x + right * width, y + down * height, { steps: 5 });
    await to(0.3, 0.2);
    await page.mouse.down();
    await to(0.7, 0.2);
    await settled(page);
    const early = await page.locator("[data-probabilities]").getAttribute("data-probabilities");
    expect(early?.split(",")).toHaveLength(10);
    await to(0.45, 0.85);
    await settled(page);
    expect(await readOn(page)).toBe("7"); // the pen is still down
    expect(await page.locator("[data-probabilities]").getAttribute("data-probabilities")).not.toBe(early);
    await page.mouse.up();
    await draw(page, { name: "a bar", digit: 7, strokes: [[[0.4, 0.5], [0.7, 0.5]]] }); // biome-ignore format: short
    await page.locator('#draw [data-do="undo"]').click();
    await settled(page);
    expect(await readOn(page)).toBe("7");
    await page.locator('#draw [data-do="undo"]').click();
    await settled(page);
    expect(await readOn(page)).toBe("–");
    expect(await page.locator('#draw [data-do="undo"]').isDisabled()).toBe(true);
    expect(errors).toEqual([]);
  });

  test("a finger draws, and the page does not scroll", async () => {
    const touched = await site.visit({ hasTouch: true, isMobile: true, viewport: { width: 390, height: 844 } });
    const { page, errors, leave } = touched;
    await untilPhase(page, "complete");
    const pad = page.locator("[data-draw-pad]");
    await pad.scrollIntoViewIfNeeded();
    const { x, y, width, height } = (await pad.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
    const before = await page.evaluate("scrollY");
    const client = await page.context().newCDPSession(page);
    const touch = (type: "touchStart" | "touchMove" | "touchEnd", points: readonly (readonly [number, number])[]) =>
      client.send("Input.dispatchTouchEvent", {
        type,
        touchPoints: points.map(([right, down]) => ({ x: x + right * width, y: y + down * height })),
      });
    await touch("touchStart", [[0.5, 0.12]]);
    for (let i = 1; i <= 12; i++) await touch("touchMove", [[0.5, 0.12 + 0.06 * i]]);
    await touch("touchStart", [
      [0.5, 0.84],
      [0.1, 0.1],
    ]); // a second finger
    await touch("touchMove", [
      [0.5, 0.84],
      [0.9, 0.5],
    ]);
    await touch("touchEnd", []);
    await settled(page);
    expect(await readOn(page)).toBe("1");
    expect(await page.evaluate("scrollY")).toBe(before);
    expect(errors).toEqual([]);
    await leave();
  });

  test("who cannot draw takes a digit of another hand, by keyboard", async () => {
    const { page, errors } = visitor;
    for (const digit of ["3", "8"]) {
      await page.locator(`[data-show="${digit}"]`).focus();
      await page.keyboard.press("Enter");
      await page.waitForFunction(`document.querySelector("[data-prediction]").textContent === "${digit}"`);
    }
    await clear(page);
    await settled(page);
    expect(await readOn(page)).toBe("–");
    expect(errors).toEqual([]);
  });
});
