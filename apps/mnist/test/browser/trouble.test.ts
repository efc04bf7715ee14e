import { hasChromium } from "@tooling/chromium";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openSite, pauseAfter, savedRuns, timeOn, untilPhase, untilTime } from "./site.js";

/** Steps of an epoch: 1437 digits in batches of 32. */
const STEPS = Math.ceil(1437 / 32);

describe.skipIf(!hasChromium)("what goes wrong around the page", () => {
  let site: Awaited<ReturnType<typeof openSite>>;
  beforeAll(async () => {
    site = await openSite();
  });
  afterAll(() => site?.close());

  test("a worker that ends is said; the run goes on from where it was saved, and misses nothing", async () => {
    const { page, leave } = await site.visit();
    await untilTime(page, 4);
    const worker = page.workers().find((each) => each.url().includes("/assets/index-"));
    expect(worker).toBeDefined();
    await worker?.evaluate("close()").catch(() => {}); // as the system does when memory runs out
    await untilPhase(page, "failed");
    expect(await page.getByRole("alert").locator("span").textContent()).toMatch(/worker/);
    expect(await timeOn(page)).toBeGreaterThan(0);
    await page.locator('[data-do="resume"]').click();
    await pauseAfter(page, 8);
    const [{ curve }] = await savedRuns(page);
    expect(curve.time).toHaveLength(Math.round((curve.time.at(-1) ?? 0) * STEPS));
    expect(curve.time).toEqual([...curve.time].sort((a, b) => a - b));
    expect(curve.exams.map(({ time }) => time)).toEqual([...curve.exams.keys()].map((i) => i + 1));
    await leave();
  });

  test("a part that cannot be loaded is said in words; it is tried again", async () => {
    const { page, leave } = await site.visit();
    await page.context().route(/train\.worker/, (route) => route.abort());
    await page.evaluate(`indexedDB.deleteDatabase("keyval-store")`);
    await page.reload();
    await untilPhase(page, "failed");
    const alert = page.getByRole("alert").locator("span");
    expect(await alert.textContent()).toMatch(/^A part of the page could not be loaded/);
    await page.getByRole("button", { name: "中文" }).click();
    expect(await alert.textContent()).toMatch(/^页面有一部分没能加载/);
    await page.context().unroute(/train\.worker/);
    await page.locator('[data-do="resume"]').click();
    await untilTime(page, 1);
    await leave();
  });

  test("a double click on Stop ends the run, and starts no other", async () => {
    const { page, errors, leave } = await site.visit();
    await untilTime(page, 1);
    await page.locator('[data-do="stop"]').dblclick({ delay: 60 });
    await untilPhase(page, "stopped");
    await page.waitForTimeout(300);
    expect(await page.locator("[data-run]").count()).toBe(1);
    expect(await page.locator('[data-do="none"]').isDisabled()).toBe(true);
    expect(errors).toEqual([]);
    await leave();
  });

  test("commands in quick succession, some before the run has begun, leave one run that can be paused and goes on", async () => {
    const { page, errors, leave } = await site.visit();
    for (let i = 0; i < 3; i++) {
      await page.locator('[data-do="start"]').dblclick();
      await page.locator('[data-do="pause"], [data-do="resume"]').first().dblclick();
    }
    await page.locator('[data-do="start"]').click();
    await pauseAfter(page, 1);
    await page.locator('[data-do="resume"]').click();
    await pauseAfter(page, 3);
    const time = (await savedRuns(page)).at(-1)?.curve.time ?? [];
    expect(time).toHaveLength(Math.round((time.at(-1) ?? 0) * STEPS));
    expect(errors).toEqual([]);
    await leave();
  });

  test("what is changed while it is paused is there after a reload, and so are its mistakes", async () => {
    const { page, errors, leave } = await site.visit();
    await pauseAfter(page, 2);
    await page.getByRole("slider", { name: "Learning rate" }).fill("-2");
    await page.getByRole("radio", { name: "64", exact: true }).first().check({ force: true });
    await page.locator('[data-do="stop"]').click();
    await untilPhase(page, "stopped");
    const mistakes = await page.locator("[data-confusion] tbody").textContent();
    await page.reload();
    await untilPhase(page, "stopped");
    expect(await page.getByRole("slider", { name: "Learning rate" }).inputValue()).toBe("-2");
    expect(await page.getByRole("radio", { name: "64", exact: true }).first().isChecked()).toBe(true);
    await page.locator("[data-confusion]").waitFor();
    expect(await page.locator("[data-confusion] tbody").textContent()).toBe(mistakes);
    expect(errors).toEqual([]);
    await leave();
  });

  test("a second tab learns by itself, and the first one's run stays what is remembered", async () => {
    const { page, errors, leave } = await site.visit();
    await pauseAfter(page, 2);
    const remembered = await savedRuns(page);
    const second = await page.context().newPage();
    await second.goto(page.url());
    await pauseAfter(second, 3);
    expect(await savedRuns(page)).toEqual(remembered);
    await second.close();
    expect(errors).toEqual([]);
    await leave();
  });

  test("where the browser remembers nothing, the page works all the same", async () => {
    const { page, errors, leave } = await site.visit();
    await page.addInitScript(`
      const refuse = () => { throw new DOMException("The operation is insecure.", "SecurityError"); };
      Object.defineProperty(window, "localStorage", { get: refuse });
      indexedDB.open = refuse;
    `);
    await page.reload();
    await page.getByRole("button", { name: "中文" }).click();
    await page.getByRole("button", { name: "深色" }).click();
    await pauseAfter(page, 2);
    expect(errors).toEqual([]);
    await leave();
  });

  test("an address with a strange part after # is no trouble", async () => {
    const { page, errors, leave } = await site.visit();
    await page.goto(`${page.url()}#/a b%20"`);
    await page.reload();
    await untilTime(page, 1);
    expect(errors).toEqual([]);
    await leave();
  });
});
