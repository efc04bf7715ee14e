import { variable } from "@conv/autograd";
import { tensor } from "@conv/core";
import { expect, test } from "vitest";
import { ReLU } from "../index.js";

test("by hand: ReLU keeps what is positive; its gradient is 1 there, and 0 below and at 0", () => {
  const x = variable(tensor([-2, 0, 3]));
  const y = new ReLU().forward(x);
  expect([...y.dataSync()]).toEqual([0, 0, 3]);
  y.backward(tensor([10, 20, 30]));
  expect([...(x.grad?.dataSync() ?? [])]).toEqual([0, 0, 30]);
});
