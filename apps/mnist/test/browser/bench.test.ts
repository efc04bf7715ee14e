import * as autograd from "@conv/autograd";
import {
  avgPool2d,
  conv2d,
  convAdjointX,
  createRandom,
  lpPool2d,
  maxPool2d,
  type PaddingMode,
  tensor,
} from "@conv/core";
import { hasChromium } from "@tooling/chromium";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openSite, untilPhase } from "./site.js";

const SIDE = 8;

/** Every value of every switch, under the names of their controls; last is where they stand at first. */
const SWITCHES = {
  kernel: ["1", "2", "4", "5", "3"],
  shape: ["row", "column", "square"],
  stride: ["2", "3", "1"],
  dilation: ["2", "3", "1"],
  padding: ["0", "2", "3", "1"],
  mode: ["circular", "reflect", "replicate", "mean", "zeros"],
  channels: ["2", "1"],
  groups: ["2", "1"],
  preset: ["identity", "blur", "edgeVertical", "sharpen", "emboss", "random", "edgeHorizontal"],
  image: ["cross", "ramp", "impulse", "random", "blank", "seven"],
  sent: ["all", "output", "one"],
};
const OPERATIONS = ["max", "average", "l2", "conv"];

/** What the bench shows, and what it says of itself. */
interface Shown {
  readonly settings: Record<"operation" | "preset", string> &
    Record<"size" | "stride" | "padding" | "dilation" | "channels" | "groups", number> & {
      readonly kernelSize: number[];
      readonly mode: PaddingMode;
    };
  readonly image: number[];
  readonly kernel: number[];
  readonly output: number[];
  readonly position: number;
  readonly adjoint: number[];
  readonly identity: number[];
  readonly total: number;
  readonly sent: string;
  readonly pixels: string[];
  readonly outputs: string[];
  readonly weights: [index: number, value: number][];
}

const shownBy = (page: Page): Promise<Shown> =>
  page.evaluate(`(() => {
    const all = (selector) => [...document.querySelectorAll("[data-bench] " + selector)];
    const { dataset } = document.querySelector("[data-bench]");
    return {
      ...Object.fromEntries(["settings", "image", "kernel", "output", "position"].map((key) => [key, JSON.parse(dataset[key])])),
      adjoint: JSON.parse(all("[data-adjoint-image]")[0].dataset.adjointImage),
      identity: JSON.parse(all("[data-identity]")[0].dataset.identity),
      total: Number(all("[data-total]")[0].dataset.total),
      sent: all("[data-control=sent] input:checked")[0].value,
      pixels: all("[data-testid^=bench-input] [data-index]").map((cell) => cell.textContent),
      outputs: all("[data-testid^=bench-output] [data-index]").map((cell) => cell.textContent),
      weights: all("[data-weight]").map((input) => [Number(input.dataset.weight), input.valueAsNumber]),
    };
  })()`);

/** The map that the settings name, asked of the library: its output, and where a gradient of it goes. */
function computed({ settings, image, kernel, position, sent }: Shown) {
  const { operation, stride, padding, dilation, channels, groups, kernelSize, mode } = settings;
  const x = tensor(image, [1, channels, SIDE, SIDE], { dtype: "float64" });
  const w = () => tensor(kernel, [channels, channels / groups, ...kernelSize], { dtype: "float64" });
  const options = { stride, padding, dilation, groups, paddingMode: mode };
  const input = autograd.variable(x);
  const [y, pooled] = {
    conv: () => [conv2d(x, w(), options), undefined] as const,
    max: () =>
      [
        maxPool2d(x, kernelSize, { stride, padding, dilation }),
        autograd.maxPool2d(input, kernelSize, { stride, padding, dilation }),
      ] as const,
    average: () =>
      [
        avgPool2d(x, kernelSize, { stride, padding }),
        autograd.avgPool2d(input, kernelSize, { stride, padding }),
      ] as const,
    l2: () => [lpPool2d(x, 2, kernelSize, { stride }), autograd.lpPool2d(input, 2, kernelSize, { stride })] as const,
  }[operation as "conv"]();
  const output = Array.from(y.dataSync());
  const back = output.map((value, i) => (sent === "output" ? value : sent === "all" || i === position ? 1 : 0));
  const gradY = tensor(back, y.shape, { dtype: "float64" });
  const gradX =
    pooled === undefined
      ? convAdjointX(gradY, w(), { inSize: SIDE, ...options })
      : autograd.grad(pooled, [input], { gradY })[0].value;
  return { output, back, adjoint: Array.from(gradX.dataSync()) };
}

/** Numbers that differ by less than the page rounds them. */
function expectNear(actual: readonly number[], expected: readonly number[], context: string, by = 1e-3): void {
  expect(actual, context).toHaveLength(expected.length);
  const worst = Math.max(...expected.map((value, i) => Math.abs(value - actual[i])));
  expect(worst, `${context}: ${actual} instead of ${expected}`).toBeLessThan(by);
}

const numbersOf = (cells: readonly string[]) => cells.map((cell) => Number(cell.replace("−", "-")));
const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, value, i) => sum + value * b[i], 0);

/** Compares all that the bench shows with what the library computes in Node. */
async function expectRight(page: Page): Promise<Shown> {
  const shown = await shownBy(page);
  const { output, back, adjoint } = computed(shown);
  const context = JSON.stringify(shown.settings);
  expectNear(shown.output, output, context);
  expectNear([shown.total], [output[shown.position]], context);
  expectNear(numbersOf(shown.pixels), shown.image, context, 0.01);
  // a cell has room for four signs
  for (const [i, cell] of numbersOf(shown.outputs).entries()) {
    if (shown.outputs[i] !== "") expectNear([cell], [output[i]], context, Math.abs(output[i]) < 9 ? 0.051 : 0.501);
  }
  for (const [index, value] of shown.weights) expectNear([value], [shown.kernel[index]], context);
  expectNear(shown.adjoint, adjoint, context);
  expectNear(shown.identity, [dot(output, back), dot(shown.image, adjoint)], context, 0.01);
  // true of a convolution and an average between any; of a maximum and a norm, which are homogeneous, at their own image
  expectNear([shown.identity[0]], [shown.identity[1]], context, 1e-4);
  return shown;
}

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
    return { ...visitor, radio };
  }

  test("every value of every switch, with every operation: the library's numbers", async () => {
    const { page, errors, leave, radio } = await visitBench();
    const seen = new Set<string>();
    for (const operation of OPERATIONS) {
      await radio("operation", operation).check({ force: true });
      for (const [control, values] of Object.entries(SWITCHES)) {
        for (const value of values) {
          if (control === "groups" && value === "2") await radio("channels", "2").check({ force: true });
          if (await radio(control, value).isDisabled()) continue;
          await radio(control, value).check({ force: true });
          const { settings, sent } = await expectRight(page);
          const now: Record<string, unknown> = { ...settings, sent, kernel: settings.size };
          expect(settings.operation).toBe(operation);
          if (control !== "image") expect(String(now[control])).toBe(value);
          seen.add(`${operation}.${control}.${value}`);
        }
      }
    }
    const all = Object.entries(SWITCHES).flatMap(([control, values]) =>
      values.map((value) => `conv.${control}.${value}`),
    );
    expect(all.filter((name) => !seen.has(name))).toEqual([]);
    expect(["max.dilation.2", "average.padding.1", "l2.stride.3"].filter((name) => !seen.has(name))).toEqual([]);
    expect(errors).toEqual([]);
    await leave();
  });

  test("switches in any order: the library's numbers", async () => {
    const { page, errors, leave, radio } = await visitBench();
    const random = createRandom(5);
    const all = Object.entries({ operation: OPERATIONS, ...SWITCHES });
    for (let i = 0; i < 60; i++) {
      const [control, values] = all[random.integer(all.length)];
      const chosen = radio(control, values[random.integer(values.length)]);
      if (await chosen.isDisabled()) continue;
      await chosen.check({ force: true });
      await expectRight(page);
    }
    expect(errors).toEqual([]);
    await leave();
  });
});
