import { scope, type Variable, variable } from "@conv/autograd";
import { cpu, type Tensor, tensor } from "@conv/core";
import { counting } from "@tooling/devices";
import { describe, expect, test } from "vitest";
import { Adam, clipGradNorm, clipGradValue, gradNorm, SGD } from "../index.js";

/** A parameter with a gradient. */
function withGrad(gradient: Tensor): Variable {
  const p = variable(tensor(new Float32Array(gradient.size), gradient.shape, { dtype: "float64" }));
  p.grad = variable(tensor(gradient.dataSync(), gradient.shape, { dtype: "float64" }), { requiresGrad: false });
  return p;
}
const gradients = (...rows: number[][]) => rows.map((row) => withGrad(tensor(row)));
const values = (parameters: readonly Variable[]) => parameters.map(({ grad }) => [...(grad?.dataSync() ?? [])]);

describe("clipGradNorm", () => {
  test("by hand: (3, 4) has the norm 5; of norm 1 it is (0.6, 0.8), as one vector over all parameters", () => {
    const parameters = gradients([3], [4]);
    expect(clipGradNorm(parameters, 1).item()).toBe(5);
    expect(values(parameters)[0][0]).toBeCloseTo(3 / (5 + 1e-6), 12);
    expect(values(parameters)[1][0]).toBeCloseTo(4 / (5 + 1e-6), 12);
  });

  test("gradients below the norm stay as they are, bit for bit", () => {
    const parameters = gradients([0.375], [0.5]);
    expect(clipGradNorm(parameters, 1).item()).toBe(0.625);
    expect(values(parameters)).toEqual([[0.375], [0.5]]);
  });

  test("other norms: 1, 3 and the largest", () => {
    const norms = [1, 3, Number.POSITIVE_INFINITY].map((normType) =>
      gradNorm(gradients([3, -4], [-5]), { normType }).item(),
    );
    expect(norms[0]).toBe(12);
    expect(norms[1]).toBeCloseTo((27 + 64 + 125) ** (1 / 3), 12);
    expect(norms[2]).toBe(5);
    const parameters = gradients([3, -4], [-5]);
    clipGradNorm(parameters, 2.5, { normType: Number.POSITIVE_INFINITY });
    expect(values(parameters).flat()[2]).toBeCloseTo(-2.5, 6);
  });

  test("parameters without gradients do not count; without any the norm is 0", () => {
    const [p] = gradients([5]);
    const frozen = variable(tensor([1]), { requiresGrad: false });
    expect(clipGradNorm([frozen, p], 1).item()).toBe(5);
    expect(frozen.grad).toBeUndefined();
    expect(clipGradNorm([frozen], 1).item()).toBe(0);
    expect(clipGradNorm([], 1).item()).toBe(0);
  });

  test("NaN makes all NaN; an infinite norm makes finite gradients 0", () => {
    const parameters = gradients([Number.NaN], [1]);
    expect(clipGradNorm(parameters, 1).item()).toBeNaN();
    expect(values(parameters)).toEqual([[Number.NaN], [Number.NaN]]);
    const infinite = gradients([Number.POSITIVE_INFINITY], [1]);
    expect(clipGradNorm(infinite, 1).item()).toBe(Number.POSITIVE_INFINITY);
    expect(values(infinite)).toEqual([[Number.NaN], [0]]);
  });

  test("on demand a norm that is not finite is an error, and the gradients stay", () => {
    const parameters = gradients([Number.NaN], [1]);
    expect(() => clipGradNorm(parameters, 1, { errorIfNonfinite: true })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: clipGradNorm: the norm of the gradients is NaN, so they cannot be scaled. Look at the loss, or at a smaller learning rate.]`,
    );
    expect(values(parameters)[1]).toEqual([1]);
    expect(clipGradNorm(gradients([2]), 1, { errorIfNonfinite: true }).item()).toBe(2);
  });

  test("float32 and float64 together keep their types", () => {
    const [p] = gradients([3]);
    const q = variable(tensor([0]));
    q.grad = variable(tensor([4]), { requiresGrad: false });
    expect(clipGradNorm([q, p], 1).item()).toBe(5);
    expect([q.grad.dtype, p.grad?.dtype]).toEqual(["float32", "float64"]);
  });

  test("gradNorm looks and changes nothing", () => {
    const parameters = gradients([3], [4]);
    const before = parameters.map(({ grad }) => grad);
    expect(gradNorm(parameters).item()).toBe(5);
    expect(parameters.map(({ grad }) => grad)).toEqual(before);
  });
});

describe("clipGradValue", () => {
  test("by hand: every element by itself, NaN stays", () => {
    const parameters = gradients([-3, 0.5, 2], [Number.NaN]);
    clipGradValue(parameters, 1);
    expect(values(parameters)).toEqual([[-1, 0.5, 1], [Number.NaN]]);
  });
});

describe("memory", () => {
  test.each(["clipGradNorm", "clipGradValue", "gradNorm"])("steps with %s in a scope leave nothing behind", (name) => {
    const { device, live } = counting(cpu);
    const p = variable(tensor([1, 2]).to(device));
    const optimizer = new Adam([p]);
    const sizes = Array.from({ length: 6 }, () => {
      scope(() => {
        optimizer.zeroGrad();
        p.backward(tensor([3, 4]).to(device));
        if (name === "clipGradNorm") clipGradNorm([p], 1);
        else if (name === "clipGradValue") clipGradValue([p], 1);
        else gradNorm([p]);
        optimizer.step();
      });
      return live.size;
    });
    expect(sizes.slice(2)).toEqual(sizes.slice(2).map(() => sizes[1]));
  });

  test("without a scope only the norm is left", () => {
    const { device, live } = counting(cpu);
    const p = variable(tensor([1, 2]).to(device));
    p.backward(tensor([3, 4]).to(device));
    clipGradNorm([p], 1);
    const before = live.size;
    const norm = clipGradNorm([p], 0.5);
    expect(live.size).toBe(before + 1);
    norm.dispose();
    expect(live.size).toBe(before);
  });

  test("a gradient that somebody was given keeps its numbers", () => {
    const p = variable(tensor([1, 2]));
    p.backward(tensor([3, 4]));
    const given = p.grad;
    clipGradNorm([p], 1);
    expect([...(given?.dataSync() ?? [])]).toEqual([3, 4]);
    expect(p.grad).not.toBe(given);
  });
});

test("what cannot be is refused", () => {
  const [p] = gradients([1]);
  const optimizer = new SGD([p]);
  expect(() => clipGradNorm(optimizer as never, 1)).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: clipGradNorm: expected an array of parameters, got an object. Pass model.parameters().]`,
  );
  expect(() => clipGradNorm([p], -1)).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: clipGradNorm: maxNorm must be at least 0, got -1.]`,
  );
  expect(() => clipGradNorm([p], { maxNorm: 1 } as never)).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: clipGradNorm: maxNorm must be a number, got an object.]`,
  );
  expect(() => clipGradNorm([p], 1, { norm: 1 } as never)).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: clipGradNorm: unknown option norm. It takes normType, errorIfNonfinite.]`,
  );
  expect(() => gradNorm([p], { normType: 0 })).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: gradNorm: normType must be above 0, or Infinity, got 0.]`,
  );
  expect(() => clipGradValue([p], -1)).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: clipGradValue: clipValue must be a finite number of at least 0, got -1.]`,
  );
});
