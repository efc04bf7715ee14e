import { readFile } from "node:fs/promises";
import { grad, variable } from "@conv/autograd";
import { tensor } from "@conv/core";
import { digits } from "@conv/data/digits";
import { fromSafetensors, type Sequential } from "@conv/nn";
import { hasChromium } from "@tooling/chromium";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createModel } from "../../src/model.js";
import { toInput } from "../../web/state.js";
import { choose, openSite, pauseAfter, pictureOf, untilTime } from "./site.js";

/** The digit that the page shows as long as nobody has drawn one: the first seven of the digits for testing. */
async function sample(): Promise<Float32Array> {
  const dataset = await digits({ split: "test" });
  const { x, y } = dataset.get(Array.from({ length: dataset.length }, (_, i) => i));
  const [size, first] = [28 * 28, y.dataSync().indexOf(7)];
  return Float32Array.from(x.dataSync().subarray(first * size, (first + 1) * size));
}

/** The network of the page, as it hands it out. */
async function modelOf(page: Page) {
  const [download] = await Promise.all([page.waitForEvent("download"), page.locator("[data-download]").click()]);
  const model = createModel();
  model.loadStateDict(fromSafetensors(await readFile(await download.path())));
  return model.eval();
}

const numbersOf = async (page: Page): Promise<number[]> =>
  JSON.parse((await page.locator('[data-layer="input"]').getAttribute("data-input-gradient")) ?? "[]");

/** The gradient of a unit behind so many layers in the digit, by `grad`; and that unit. */
function gradientOf(model: Sequential, layers: number, unit: number, digit: Float32Array) {
  const x = variable(toInput(digit));
  let y = x;
  for (const [, layer] of model.children().slice(0, layers)) y = layer.forward(y);
  const one = new Float32Array(y.size);
  one[unit] = 1;
  const [gradient] = grad(y, [x], { gradY: tensor(one, y.shape) });
  return { gradient: gradient.dataSync(), value: y.dataSync()[unit] };
}

/** The largest difference, as a share of the largest number. */
function distance(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  expect(actual).toHaveLength(expected.length);
  const largest = Math.max(...Array.from(expected, Math.abs));
  return Math.max(...Array.from(expected, (value, i) => Math.abs(value - actual[i]))) / largest;
}

/** How many colours a picture has. */
const colorsOf = (page: Page, layer: string): Promise<number> =>
  page.evaluate(`(() => {
    const canvas = document.querySelector('[data-layer="${layer}"] .inside-plane canvas');
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    return new Set(new Uint32Array(data.buffer)).size;
  })()`);

describe.skipIf(!hasChromium)("looking inside", () => {
  let site: Awaited<ReturnType<typeof openSite>>;
  beforeAll(async () => {
    site = await openSite();
  });
  afterAll(() => site?.close());

  test("flipped over, the digit shows the gradient, and its numbers are grad's", async () => {
    const { page, errors, leave } = await site.visit();
    await pauseAfter(page, 2);
    const [model, digit] = [await modelOf(page), await sample()];
    await page.locator("[data-inside]").scrollIntoViewIfNeeded();
    expect(await page.locator("[data-inside]").getAttribute("data-mode")).toBe("forward");

    await page.locator("[data-flip]").click();
    await page.waitForSelector('[data-layer="input"][data-input-gradient]', { state: "attached" });
    const logits = [...model.forward(toInput(digit)).dataSync()];
    const predicted = logits.indexOf(Math.max(...logits));
    expect(await page.locator("[data-inside]").getAttribute("data-predicted")).toBe(String(predicted));
    expect(distance(await numbersOf(page), gradientOf(model, 11, predicted, digit).gradient)).toBeLessThan(1e-5);
    await page.waitForTimeout(1500); // the pictures turn, the last one last
    for (const layer of ["input", "0", "3", "7"]) expect(await colorsOf(page, layer), layer).toBeGreaterThan(10);

    await choose(page, "Gradient of", "3");
    await page.waitForSelector('[data-inside][data-target="10.3"]');
    expect(distance(await numbersOf(page), gradientOf(model, 11, 3, digit).gradient)).toBeLessThan(1e-5);

    await page.locator("[data-flip]").click();
    await page.waitForSelector('[data-inside][data-mode="forward"]');
    expect(errors).toEqual([]);
    await leave();
  });

  test("one map is flipped, for a unit that was clicked", async () => {
    const { page, errors, leave } = await site.visit();
    await pauseAfter(page, 2);
    const [model, digit] = [await modelOf(page), await sample()];
    const plane = page.locator('[data-layer="3"] .inside-plane svg');
    await plane.scrollIntoViewIfNeeded();
    await plane.focus();
    for (const key of ["PageDown", "ArrowDown", "ArrowDown", "ArrowDown", "ArrowRight", "ArrowRight", "Enter"]) {
      await page.keyboard.press(key);
    }
    await choose(page, "Gradient of", "chosen pixel");
    const input = page.locator('[data-layer="input"]');
    await input.getByRole("button").click();
    const unit = 1 * 14 * 14 + 3 * 14 + 2; // map 1, row 3, column 2
    await page.waitForSelector(`[data-inside][data-target="3.${unit}"]`);
    expect(await input.getAttribute("data-mode")).toBe("adjoint");
    expect(await page.locator('[data-layer="0"]').getAttribute("data-mode")).toBe("forward");
    const expected = gradientOf(model, 4, unit, digit);
    const shown = await numbersOf(page);
    expect(distance(shown, expected.gradient)).toBeLessThan(1e-5);
    const value = await page.locator("[data-readout] [data-value]").getAttribute("data-value");
    expect(Number(value)).toBeCloseTo(expected.value, 4);

    // 5 × 5, pooled by 2, then 3 × 3: it sees rows 0–11 and columns 0–9, and no pixel elsewhere has a gradient
    expect(await input.locator("[data-seen]").getAttribute("data-seen")).toBe("[[0,0],[2,11],[0,9]]");
    const seen = shown.flatMap((slope, i) => (slope === 0 ? [] : [[Math.floor(i / 28), i % 28]]));
    expect(seen.every(([row, column]) => row >= 2 && row <= 11 && column <= 9)).toBe(true);
    expect(errors).toEqual([]);
    await leave();
  });

  test("is alive while the network learns: kernels, maps and mistakes change", async () => {
    const { page, errors, leave } = await site.visit();
    const kernels = page.locator('[data-layer="0"] .inside-sheet canvas');
    const look = async () => [
      await pictureOf(kernels),
      await pictureOf(page.locator('[data-layer="3"] .inside-plane canvas')),
      await page.locator("[data-confusion] tbody").textContent(),
    ];
    await kernels.scrollIntoViewIfNeeded();
    await untilTime(page, 1);
    const early = await look();
    await untilTime(page, 6);
    const late = await look();
    for (const [i, picture] of early.entries()) expect(late[i] === picture, `picture ${i}`).toBe(false);
    await pauseAfter(page, 7);
    const counts = await page.locator("[data-cell]").allTextContents();
    expect(counts).toHaveLength(100);
    expect(counts.reduce((sum, text) => sum + Number(text), 0)).toBe(360);
    expect(errors).toEqual([]);
    await leave();
  });

  test("shows the layers of another network too", async () => {
    const { page, errors, leave } = await site.visit();
    await untilTime(page, 1);
    const second = page.locator('[data-block="1"]');
    await choose(second, "Groups", "4");
    await choose(second, "Batch norm", "yes");
    await page.locator('[data-do="train"]').click();
    await page.waitForSelector('[data-layer="4"] >> text=BatchNorm2d');
    await untilTime(page, 1);
    await page.locator("[data-flip]").click();
    await page.waitForSelector('[data-layer="input"][data-input-gradient]', { state: "attached" });
    expect(Math.max(...(await numbersOf(page)))).toBeGreaterThan(0);
    expect(errors).toEqual([]);
    await leave();
  });
});
