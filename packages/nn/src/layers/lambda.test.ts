import { mul, type Variable, variable } from "@conv/autograd";
import { tensor } from "@conv/core";
import { expect, test } from "vitest";
import { Lambda, ReLU, Sequential } from "../index.js";

test("by hand: a function between layers, with its gradient", () => {
  const model = new Sequential(new ReLU(), new Lambda((x) => mul(x, 3)), new ReLU());
  const x = variable(tensor([-1, 2]));
  const y = model.forward(x);
  expect([...y.dataSync()]).toEqual([0, 6]);
  y.backward(tensor([1, 1]));
  expect([...(x.grad?.dataSync() ?? [])]).toEqual([0, 3]);
});

test("the function always gets a Variable, and may keep what it gets and gives", () => {
  const seen: Variable[] = [];
  const watch = new Lambda((x) => {
    const y = mul(x, 2);
    seen.push(x, y);
    return y;
  });
  new Sequential(new ReLU(), watch, new ReLU()).forward(tensor([1]));
  new Sequential(watch).forward(tensor([1]));
  expect(seen.map(({ value }) => value.isDisposed)).toEqual([false, false, false, false]);
});

test("refuses what is no function, and functions that give no Variable", () => {
  expect(() => new Lambda(new ReLU() as never)).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: Lambda: it takes a function of a Variable, got an object.]`,
  );
  expect(() => new Lambda((x) => x.value as never).forward(tensor([1]))).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: Lambda: the function must give a Variable, but gave a tensor [1]. Use the operators of @conv/autograd.]`,
  );
  expect(() => new Lambda((() => undefined) as never).forward(tensor([1]))).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: Lambda: the function must give a Variable, but gave undefined. Use the operators of @conv/autograd.]`,
  );
});
