import { readFile } from "node:fs/promises";
import { DataLoader, mnist } from "@conv/data";
import { evaluate, fromSafetensors, toSafetensors } from "@conv/nn";
import { hasChromium } from "@tooling/chromium";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createModel } from "../../src/model.js";
import { transform } from "../../src/transform.js";
import { choose, openSite, pauseAfter, savedRuns, startShort, timeOn, untilPhase, untilTime } from "./site.js";

describe.skipIf(!hasChromium)("training on the page", () => {
  let site: Awaited<ReturnType<typeof openSite>>;
  beforeAll(async () => {
    site = await openSite();
  });
  afterAll(() => site?.close());

  test("starts at once, and reads more than 95 % of unseen digits in the end", async () => {
    const { page, errors, leave } = await site.visit();
    await untilPhase(page, "complete");
    expect(Number(await page.locator("[data-accuracy]").getAttribute("data-accuracy"))).toBeGreaterThan(0.95);
    const [run] = await savedRuns(page);
    expect(run.curve.loss).toHaveLength(15 * Math.ceil(1437 / 32));
    expect(run.curve.exams).toHaveLength(15);
    await page.locator('[data-do="further"]').click();
    await untilTime(page, 16);
    expect(errors).toEqual([]);
    await leave();
  });

  test.each(["isolated", "open"] as const)("computes on as many threads as an %s page may have", async (group) => {
    const { page, errors, leave } = await site.visit({ group });
    await untilTime(page, 1);
    const processors = await page.evaluate<number>("navigator.hardwareConcurrency");
    const threads = group === "open" || processors === 1 ? "1 thread" : `${processors} threads`;
    expect(await page.locator(".train-standing").textContent()).toContain(threads);
    expect((await page.locator(".train-note").allTextContents()).join().includes("isolated")).toBe(group === "open");
    expect(errors).toEqual([]);
    await leave();
  });

  test("pauses, survives a reload, and goes on with the same curve, bit for bit", async () => {
    const whole = await site.visit();
    await startShort(whole.page, 7);
    await untilPhase(whole.page, "complete");
    const expected = (await savedRuns(whole.page)).at(-1);
    await whole.leave();

    const { page, errors, leave } = await site.visit();
    await startShort(page, 7);
    await pauseAfter(page, 2);
    const time = await timeOn(page);
    expect(time).toBeLessThan(7);
    await page.reload();
    await untilPhase(page, "paused");
    expect(await timeOn(page)).toBe(time);
    await page.locator('[data-do="resume"]').click();
    await untilTime(page, time + 1);
    await page.reload(); // in the middle: it goes on by itself from where it was saved last
    await untilPhase(page, "complete");
    expect((await savedRuns(page)).at(-1)?.curve).toEqual(expected?.curve);
    expect(errors).toEqual([]);
    await leave();
  });

  test("learning rate and batch size change while it runs", async () => {
    const { page, errors, leave } = await site.visit();
    await startShort(page, 5);
    await untilTime(page, 1);
    await page.getByRole("slider", { name: "Learning rate" }).fill("-3.5");
    await page.getByRole("radio", { name: "128", exact: true }).first().check({ force: true });
    await untilPhase(page, "complete");
    const { settings, curve } = (await savedRuns(page)).slice(-1)[0];
    expect(settings).toMatchObject({ batchSize: 128, lr: 10 ** -3.5 });
    const gaps = curve.time.map((time, i) => time - (curve.time[i - 1] ?? 0));
    expect(gaps[0]).toBeCloseTo(1 / Math.ceil(1437 / 32));
    expect(gaps.at(-1)).toBeCloseTo(1 / Math.ceil(1437 / 128));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(0);
    expect(errors).toEqual([]);
    await leave();
  });

  test("the model goes out as a file, reads digits in Node as well, and comes in again", async () => {
    const { page, errors, leave } = await site.visit();
    await startShort(page, 3);
    await untilPhase(page, "complete");
    const [download] = await Promise.all([page.waitForEvent("download"), page.locator("[data-download]").click()]);
    expect(download.suggestedFilename()).toBe("model.safetensors");
    const path = await download.path();
    const file = await readFile(path); // gone with its visitor
    const model = createModel();
    model.loadStateDict(fromSafetensors(file));
    const unseen = new DataLoader(await mnist({ source: "digits", split: "test" }), { batchSize: 100, transform });
    const { accuracy } = await evaluate(model, unseen);
    expect(accuracy).toBe(Number(await page.locator("[data-accuracy]").getAttribute("data-accuracy")));
    await leave();

    const other = await site.visit();
    await untilTime(other.page, 0.5);
    await other.page.locator("[data-upload]").setInputFiles({ name: "model.safetensors", mimeType: "", buffer: file });
    await untilPhase(other.page, "paused");
    expect([...errors, ...other.errors]).toEqual([]);
    await other.leave();
  });

  test("a file that is none says what it is, and the run goes on", async () => {
    const { page, errors, leave } = await site.visit();
    const upload = async (name: string, content: string | Buffer) => {
      await page.locator("[data-upload]").setInputFiles({ name, mimeType: "", buffer: Buffer.from(content) });
      const notice = page.getByRole("alert");
      await notice.waitFor();
      const text = await notice.locator("span").textContent();
      await notice.getByRole("button").click();
      return text;
    };
    expect(await upload("cat.safetensors", "meow")).toMatchInlineSnapshot(
      `"cat.safetensors holds no network that this page can open. Choose a model.safetensors that this page or npm start has written. (fromSafetensors: these 4 bytes are no safetensors file, or a truncated one: there is no header)"`,
    );
    expect(await upload("empty.safetensors", "")).toMatchInlineSnapshot(
      `"empty.safetensors holds no network that this page can open. Choose a model.safetensors that this page or npm start has written. (fromSafetensors: these 0 bytes are no safetensors file, or a truncated one: there is no header)"`,
    );
    const other = createModel({ blocks: [], hidden: 32 });
    expect(await upload("other.safetensors", Buffer.from(toSafetensors(other.stateDict())))).toMatchInlineSnapshot(
      `"other.safetensors holds no network that this page can open. Choose a model.safetensors that this page or npm start has written. (loadStateDict: the state lacks 0.weight, 0.bias, 3.weight, 3.bias, 7.weight, 7.bias, 10.weight, 10.bias and has 1.bias, 1.weight, 4.bias, 4.weight, which this model does not.)"`,
    );
    const strange = toSafetensors(other.stateDict(), { architecture: '{"blocks": "many"}' });
    expect(await upload("strange.safetensors", Buffer.from(strange))).toMatchInlineSnapshot(
      `"strange.safetensors holds no network that this page can open. Choose a model.safetensors that this page or npm start has written. (The file speaks of a network that this page cannot build: {"blocks": "many"})"`,
    );
    await untilTime(page, 1);
    expect(errors).toEqual([]);
    await leave();
  });

  test("another network is built, trained, and compared", async () => {
    const { page, errors, leave } = await site.visit();
    await untilTime(page, 1);
    const second = page.locator('[data-block="1"]');
    for (const label of ["Groups", "Dilation"]) {
      await choose(second, label, "2");
    }
    await choose(second, "Batch norm", "yes");
    await choose(second, "Padding mode", "circular");
    await page.locator('[data-do="train"]').click();
    await untilPhase(page, "running");
    await page.locator('[data-run="2"]').waitFor();
    expect(await page.locator('[data-run="2"]').textContent()).toContain("16@3×3 d2 g2 circular BN pool");
    await untilTime(page, 2);
    expect(errors).toEqual([]);
    await leave();
  });

  test("MNIST that cannot be had is said, and the page goes on", async () => {
    const { page, leave } = await site.visit();
    await page.context().route(/idx3|idx1/, (route) => route.abort());
    await page.getByText("For the next start").click();
    await page.getByRole("radio", { name: /MNIST/ }).check({ force: true });
    await page.locator('[data-do="start"]').click();
    await untilPhase(page, "failed");
    expect(await page.getByRole("alert").locator("span").textContent()).toMatch(/^MNIST could not be downloaded/);
    await page.getByRole("radio", { name: /embedded/ }).check({ force: true });
    await page.locator('[data-do="start"]').click();
    await untilTime(page, 1);
    await leave();
  });
});
