import { cpu, createRandom, sub as minus, type Tensor, mul as times } from "@conv/core";
import { counting } from "@tooling/devices";
import { describe, expect, test } from "vitest";
import { isGone, numbers } from "../test/scopes.js";
import { add, checkpoint, grad, keep, matmul, mean, mul, relu, scope, sub, type Variable, variable } from "./index.js";

describe("memory", () => {
  const STEPS = 1000;

  /** A linear model of one output on a device that counts: its parameters, and its loss. */
  function model() {
    const { device, live } = counting(cpu);
    const random = createRandom(1);
    const [w, b] = [random.normal([3, 1]), random.normal([1])].map((value) => variable(value.to(device)));
    const [x, target] = [random.normal([8, 3]), random.normal([8, 1])].map((value) => value.to(device));
    const loss = () => {
      const error = sub(relu(add(matmul(x, w), b)), target);
      return mean(mul(error, error));
    };
    return { live, parameters: [w, b], loss };
  }

  /** How many storages are in use after each of the steps. */
  function counts(live: ReadonlySet<unknown>, step: () => void): number[] {
    return Array.from({ length: STEPS }, () => {
      scope(step);
      return live.size;
    });
  }

  const each = (of: (step: number) => number) => Array.from({ length: STEPS }, (_, step) => of(step));

  test("without scopes grows by the values of the Variables that a step makes: somebody may hold them", () => {
    const { live, parameters, loss } = model();
    const before = live.size;
    const l = loss();
    const afterForward = live.size;
    l.backward();
    // matmul, add, relu, sub, mul and mean, whose divisor the graph keeps; after the way back the two gradients, which
    // are added up the next time
    expect([afterForward - before, live.size - before]).toEqual([6 + 1, 6 + 2]);
    loss().backward();
    expect(live.size - before).toBe(2 * 6 + 2);
    expect(parameters.map(({ grad: g }) => isGone(g))).toEqual([false, false]);
  });

  test("stays as it was after the first of 1000 steps, when the step disposes of what it replaces", () => {
    const { live, parameters, loss } = model();
    const sizes = counts(live, () => {
      loss().backward();
      for (const p of parameters) {
        const [value, gradient] = [p.value, p.grad as Variable];
        p.value = minus(value, times(gradient.value, 0.01));
        p.grad = undefined;
        value.dispose();
        gradient.value.dispose();
      }
    });
    expect(sizes).toEqual(each(() => 4)); // w, b, x and the target
  });

  // What is replaced by assignment is not disposed of, since somebody may hold it: see docs/decisions/0009.
  test("grows by the value and the gradient of each parameter in a step that replaces them, and by nothing else", () => {
    const { live, parameters, loss } = model();
    const sizes = counts(live, () => {
      for (const p of parameters) p.grad = undefined;
      loss().backward();
      for (const p of parameters) p.value = minus(p.value, times((p.grad as Variable).value, 0.01));
    });
    expect(sizes).toEqual(each((step) => 4 + 4 * (step + 1)));
  });

  test("stays as it was after the first step where gradients are added up from step to step", () => {
    const { live, loss } = model();
    expect(counts(live, () => loss().backward())).toEqual(each(() => 4 + 2));
  });

  test("stays as it was where gradients are returned by grad and looked at inside", () => {
    const { live, parameters, loss } = model();
    expect(counts(live, () => void grad(loss(), parameters).map(numbers))).toEqual(each(() => 4));
  });

  test("the loss that a step returns is all that it adds", () => {
    const { live, parameters, loss } = model();
    const losses: Tensor[] = [];
    const sizes = counts(live, () => {
      const l = loss();
      grad(l, parameters);
      losses.push(keep(l.value));
    });
    expect(sizes).toEqual(each((step) => 4 + step + 1));
    expect(losses.map(isGone)).not.toContain(true);
  });

  test("a checkpoint gives back what fn made as soon as fn has ended, in a scope as well", () => {
    const { live, loss } = model();
    scope(() => {
      const before = live.size;
      checkpoint(loss);
      expect(live.size).toBe(before + 1); // the result
    });
  });
});
