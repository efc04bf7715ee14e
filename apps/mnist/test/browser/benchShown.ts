import * as autograd from "@conv/autograd";
import { avgPool2d, conv2d, convAdjointX, lpPool2d, maxPool2d, type PaddingMode, tensor } from "@conv/core";
import type { Page } from "playwright-core";
import { expect } from "vitest";

/** Rows and columns of the bench's image. */
export const SIDE = 8;

/** What the bench shows, and what it says of itself. */
export interface Shown {
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

/** Reads it off the page. */
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

/** The numbers in cells: what is not computed yet, is 0. */
export const numbersOf = (cells: readonly string[]) => cells.map((cell) => Number(cell.replace("−", "-")));
const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, value, i) => sum + value * b[i], 0);

/** Compares all that the bench shows with what the library computes in Node. */
export async function expectRight(page: Page): Promise<Shown> {
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
