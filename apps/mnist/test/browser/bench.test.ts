import { createRandom } from "@conv/core";
import { hasChromium } from "@tooling/chromium";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { expectRight, SIDE } from "./benchShown.js";
import { openSite, untilPhase } from "./site.js";

/** Where every pixel, also of the border, has a part in the numbers. */
const RICHEST = [
  ["channels", "2"],
  ["image", "random"],
  ["preset", "random"],
  ["sent", "output"],
] as const;

describe.skipIf(!hasChromium)("the convolution bench", () => {
  let site: Awaited<ReturnType<typeof openSite>>;
  beforeAll(async () => {
    site = await openSite();
  });
  afterAll(() => site?.close());

  /** Somebody at the bench, with the training stopped, which takes the processor. */
  async function visitBench() {
    const visitor = await site.visit({ reducedMotion: "reduce" });
    await visitor.page.locator('[data-train] [data-do="pause"]').click();
    await untilPhase(visitor.page, "paused");
    await visitor.page.locator("[data-bench]").scrollIntoViewIfNeeded();
    const radio = (control: string, value: string) =>
      visitor.page.locator(`[data-bench] [data-control="${control}"] input[value="${value}"]`);
    /** The values of every switch, the chosen one last. */
    const switches = (which = "") =>
      visitor.page.evaluate<Record<string, string[]>>(`(() => {
        const controls = [...document.querySelectorAll("[data-bench] [data-control]:has([type=radio])")];
        const valuesOf = (control) => [...control.querySelectorAll("[type=radio]${which}")]
          .sort((a, b) => a.checked - b.checked)
          .map(({ value }) => value);
        return Object.fromEntries(controls.map((control) => [control.dataset.control, valuesOf(control)]));
      })()`);
    return { ...visitor, radio, switches };
  }

  test("every value of every switch, with every operation: the library's numbers", async () => {
    const { page, errors, leave, radio, switches } = await visitBench();
    for (const [control, value] of RICHEST) await radio(control, value).check({ force: true });
    const all = await switches();
    const [open, images] = [new Set<string>(), new Set<string>()];
    // the convolution first, while there is a border
    for (const operation of all.operation.toReversed()) {
      await radio("operation", operation).check({ force: true });
      for (const [control, values] of Object.entries(await switches(":enabled"))) {
        const isOfAll = control === "image" || control === "sent"; // the same for all operations
        if (control === "operation" || (isOfAll && operation !== "conv")) continue;
        for (const value of values) {
          await radio(control, value).check({ force: true });
          const { settings, image, sent } = await expectRight(page);
          const now: Record<string, unknown> = { ...settings, sent, kernel: settings.size, image: value };
          expect([settings.operation, String(now[control])]).toEqual([operation, value]);
          open.add(`${control} ${value}`);
          if (control === "image") images.add(image.join());
        }
      }
    }
    const { operation: _, ...others } = all;
    const names = Object.entries(others).flatMap(([control, values]) => values.map((value) => `${control} ${value}`));
    expect(names).toHaveLength(5 + 3 + 3 + 4 + 5 + 3 + 2 + 2 + 8 + 6 + 3);
    expect(images.size).toBe(6);
    expect(names.filter((name) => !open.has(name))).toEqual(["preset own"]); // chosen by typing: see below
    expect(errors).toEqual([]);
    await leave();
  });

  test("switches in any order: the library's numbers", async () => {
    const { page, errors, leave, radio, switches } = await visitBench();
    for (const [control, value] of RICHEST) await radio(control, value).check({ force: true });
    const random = createRandom(5);
    for (let i = 0; i < 20; i++) {
      const all = Object.entries(await switches(":enabled")).filter(([, values]) => values.length > 0);
      const [control, values] = all[random.integer(all.length)];
      await radio(control, values[random.integer(values.length)]).check({ force: true });
      await expectRight(page);
    }
    expect(errors).toEqual([]);
    await leave();
  });

  test("the image is painted with the pointer and with the keyboard", async () => {
    const { page, errors, leave, radio } = await visitBench();
    await radio("image", "blank").check({ force: true });
    const grid = page.getByTestId("bench-input-1");
    const middle = async (index: number): Promise<[number, number]> => {
      const box = await grid.locator(`[data-index="${index}"]`).boundingBox();
      if (box === null) throw new Error(`pixel ${index} is not in sight`);
      return [box.x + box.width / 2, box.y + box.height / 2];
    };
    const drag = async (from: number, to: number) => {
      await page.mouse.move(...(await middle(from)));
      await page.mouse.down();
      await page.mouse.move(...(await middle(to)), { steps: 12 });
      await page.mouse.up();
      await page.mouse.move(0, 0);
    };
    const painted = (...pixels: number[]) =>
      Array.from({ length: SIDE * SIDE }, (_, i) => (pixels.includes(i) ? 1 : 0));

    await drag(17, 20);
    const afterDrag = await expectRight(page);
    expect(afterDrag.image).toEqual(painted(17, 18, 19, 20));
    // edge ―: the row above has the stroke below it
    expect(afterDrag.output.slice(8, 16)).toEqual([1, 2, 3, 3, 2, 1, 0, 0]);
    await drag(20, 19); // from a painted pixel the brush wipes
    expect((await expectRight(page)).image).toEqual(painted(17, 18));

    for (const key of ["ArrowDown", "ArrowLeft", "Space"]) await page.keyboard.press(key);
    const { image, output } = await expectRight(page);
    expect(image).toEqual(painted(17, 18, 27));
    expect(output).not.toEqual(afterDrag.output);
    await page.keyboard.press("Space");
    expect((await expectRight(page)).image).toEqual(painted(17, 18));
    expect(await page.locator('[data-control="image"] input:checked').count()).toBe(0);
    expect(errors).toEqual([]);
    await leave();
  });

  test("a kernel of one's own: what is typed is what is computed", async () => {
    const { page, errors, leave, radio } = await visitBench();
    await page.getByLabel("Kernel, channel 1, row 2, column 2").fill("-2.5");
    const { kernel, settings } = await expectRight(page);
    expect(kernel).toEqual([-1, -1, -1, 0, -2.5, 0, 1, 1, 1]);
    expect(settings.preset).toBe("own");
    await page.locator('[data-weight="0"]').fill(""); // nothing, which is no number: the old one comes back
    await page.locator('[data-weight="0"]').blur();
    expect((await expectRight(page)).kernel).toEqual(kernel);
    await radio("kernel", "5").check({ force: true });
    expect((await expectRight(page)).kernel[12]).toBe(-2.5);
    expect(errors).toEqual([]);
    await leave();
  });

  test("the window steps, plays, pauses, and goes where one points", async () => {
    const { page, errors, leave } = await visitBench();
    const press = (name: string) => page.locator(`[data-bench] [data-do="${name}"]`).click();
    await press("rewind");
    for (let at = 0; at < 5; at++) {
      const { position, outputs } = await expectRight(page);
      expect([position, outputs.filter((cell) => cell !== "").length]).toEqual([at, at + 1]);
      await press("forward");
    }
    await press("back");
    expect((await expectRight(page)).position).toBe(4);

    await press("play");
    await page.waitForFunction('Number(document.querySelector("[data-bench]").dataset.position) >= 6');
    await press("pause");
    const { position } = await expectRight(page);
    await page.waitForTimeout(500);
    expect((await expectRight(page)).position).toBe(position);

    await page.getByTestId("bench-output-1").locator('[data-index="42"]').hover();
    const { output, total } = await expectRight(page);
    expect(await page.locator("[data-position]").getAttribute("data-position")).toBe("42");
    expect(await page.locator("[data-sum]").textContent()).toMatch(new RegExp(`= ${output[42]}$`.replace("-", "−")));
    expect(total).toBe(output[42]);
    await page.locator('[data-control="position"] input').press("ArrowRight");
    expect((await expectRight(page)).position).toBe(43);
    expect(errors).toEqual([]);
    await leave();
  });

  test("the way back: one output stamps the kernel onto the image", async () => {
    const { page, errors, leave, radio } = await visitBench();
    await page.getByTestId("bench-output-1").locator('[data-index="27"]').hover();
    const { adjoint, identity, output } = await expectRight(page);
    const stamp = Object.entries({ 18: -1, 19: -1, 20: -1, 34: 1, 35: 1, 36: 1 });
    expect(adjoint).toEqual(Array.from({ length: 64 }, (_, i) => Object.fromEntries(stamp)[i] ?? 0));
    expect(identity).toEqual([output[27], output[27]]);
    await radio("sent", "output").check({ force: true });
    const squares = output.reduce((sum, value) => sum + value * value, 0);
    expect((await expectRight(page)).identity).toEqual([squares, squares]); // ⟨y, y⟩ = ⟨x, Ŵᵀ Ŵ x⟩
    expect(errors).toEqual([]);
    await leave();
  });
});
