import { type Variable, variable } from "@conv/autograd";
import { createRandom, type Tensor, tensor } from "@conv/core";
import { describe, expect, test } from "vitest";
import {
  Adam,
  AdamW,
  fromSafetensors,
  Linear,
  type Optimizer,
  ReLU,
  RMSprop,
  Sequential,
  SGD,
  toSafetensors,
} from "../index.js";

const numbers = (x: Tensor | Variable) => [...x.dataSync()];
const parameters = () => [variable(tensor([1, 2, 3])), variable(tensor([[4], [5]]))];

const optimizers: [string, (ps: readonly Variable[]) => Optimizer][] = [
  ["SGD", (ps) => new SGD(ps, { lr: 0.1 })],
  ["SGD with momentum", (ps) => new SGD(ps, { lr: 0.1, momentum: 0.9, dampening: 0.1, weightDecay: 0.01 })],
  ["SGD with Nesterov", (ps) => new SGD(ps, { lr: 0.1, momentum: 0.9, nesterov: true })],
  ["RMSprop", (ps) => new RMSprop(ps, { lr: 0.1 })],
  ["RMSprop, everything at once", (ps) => new RMSprop(ps, { momentum: 0.9, centered: true, weightDecay: 0.01 })],
  ["Adam", (ps) => new Adam(ps, { lr: 0.1 })],
  ["Adam with amsgrad", (ps) => new Adam(ps, { lr: 0.1, amsgrad: true, weightDecay: 0.01 })],
  ["AdamW", (ps) => new AdamW(ps, { lr: 0.1 })],
];

/** Steps along gradients that depend on the number of the step only. */
function run(optimizer: Optimizer, from: number, to: number): void {
  for (let step = from; step < to; step++) {
    const random = createRandom(step);
    for (const p of optimizer.parameters) p.grad = variable(random.normal(p.shape), { requiresGrad: false });
    optimizer.step();
  }
}

describe("Optimizer", () => {
  test("by hand: zeroGrad forgets every gradient, so that the next one is not a sum", () => {
    const layer = new Linear(1, 1);
    const optimizer = new SGD(layer.parameters());
    layer.forward(variable(tensor([[2]]))).backward();
    layer.forward(variable(tensor([[2]]))).backward();
    expect(layer.weight.grad?.item()).toBe(4);
    optimizer.zeroGrad();
    expect(layer.parameters().map(({ grad }) => grad)).toEqual([undefined, undefined]);
    layer.forward(variable(tensor([[2]]))).backward();
    expect(layer.weight.grad?.item()).toBe(2);
  });

  test("a step does not forget gradients by itself", () => {
    const [p] = parameters();
    const optimizer = new SGD([p]);
    run(optimizer, 0, 1);
    expect(p.grad).toBeDefined();
  });

  test.each(optimizers)("%s: a parameter without a gradient stays, and its steps are not counted", (_, make) => {
    const [p, q] = parameters();
    const optimizer = make([p, q]);
    const before = p.value;
    q.grad = variable(tensor([[1], [1]]), { requiresGrad: false });
    optimizer.step();
    optimizer.step();
    expect(p.value).toBe(before);
    expect(numbers(q)).not.toEqual([4, 5]);
    const state = optimizer.stateDict();
    expect([state["0.step"].item(), state["1.step"].item()]).toEqual([0, 2]);
    expect(Object.keys(state).filter((name) => name.startsWith("0."))).toEqual(["0.step"]);
  });

  test.each(optimizers)("%s: a step changes values, not the tensors that were there", (_, make) => {
    const ps = parameters();
    const before = ps[0].value;
    run(make(ps), 0, 2);
    expect(numbers(before)).toEqual([1, 2, 3]);
    expect(numbers(ps[0])).not.toEqual([1, 2, 3]);
  });

  test.each(optimizers)("%s: from a saved state it continues bit for bit as if nothing had happened", (_, make) => {
    const whole = parameters();
    run(make(whole), 0, 6);
    for (const stop of [0, 1, 3, 5]) {
      const ps = parameters();
      const first = make(ps);
      run(first, 0, stop);
      const second = make(ps);
      second.loadStateDict(fromSafetensors(toSafetensors(first.stateDict())));
      run(second, stop, 6);
      expect(ps.map(numbers)).toEqual(whole.map(numbers));
    }
  });

  test.each(optimizers.filter(([name]) => name !== "SGD"))("%s: without its state it would not", (_, make) => {
    const [whole, ps] = [parameters(), parameters()];
    run(make(whole), 0, 6);
    run(make(ps), 0, 3);
    run(make(ps), 3, 6);
    expect(ps.map(numbers)).not.toEqual(whole.map(numbers));
  });

  test("a state is a snapshot: later steps do not change it", () => {
    const optimizer = new Adam(parameters());
    run(optimizer, 0, 1);
    const state = optimizer.stateDict();
    const before = Object.entries(state).map(([name, value]) => [name, numbers(value)]);
    run(optimizer, 1, 2);
    expect(Object.entries(state).map(([name, value]) => [name, numbers(value)])).toEqual(before);
    expect(before.map(([name]) => name)).toEqual([
      ...["0.step", "0.m", "0.v", "1.step", "1.m", "1.v"],
      ...["groups.0.lr", "groups.0.betas", "groups.0.eps", "groups.0.weightDecay"],
    ]);
  });

  test("loading replaces everything that was remembered", () => {
    const [used, fresh] = [new Adam(parameters()), new Adam(parameters())];
    run(used, 0, 3);
    used.loadStateDict(fresh.stateDict());
    expect(Object.keys(used.stateDict()).filter((name) => /^\d/.test(name))).toEqual(["0.step", "1.step"]);
  });

  test("refuses the state of other parameters, and changes nothing then", () => {
    const optimizer = new Adam(parameters());
    run(optimizer, 0, 2);
    const state = optimizer.stateDict();
    const load = (more: Record<string, Tensor>) => () => optimizer.loadStateDict({ ...state, ...more });
    expect(load({ "2.m": tensor([1]) })).toThrowErrorMatchingInlineSnapshot(
      `[Error: loadStateDict: this optimizer has no place for 2.m. Use the model and the optimizer it was saved with.]`,
    );
    expect(load({ "1.m": tensor([1]) })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: loadStateDict: 1.m has shape [1], but these sizes need [2, 1]. Give it that shape.]`,
    );
    expect(load({ "weight.m": tensor([1]) })).toThrow("weight.m");
    expect(Object.entries(optimizer.stateDict()).map(([name, value]) => [name, numbers(value)])).toEqual(
      Object.entries(state).map(([name, value]) => [name, numbers(value)]),
    );
  });

  test("refuses what another kind of optimizer remembered", () => {
    const adam = new Adam(parameters());
    run(adam, 0, 1);
    expect(() => new SGD(parameters(), { momentum: 0.9 }).loadStateDict(adam.stateDict())).toThrow();
  });

  test("refuses a state that lacks parameters", () => {
    const optimizer = new Adam(parameters().slice(0, 1));
    run(optimizer, 0, 1);
    expect(() => new Adam(parameters()).loadStateDict(optimizer.stateDict())).toThrow();
  });

  test("refuses to be made without parameters", () => {
    expect(() => new SGD([])).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: SGD: expected an array of parameters with at least one. Pass model.parameters().]`,
    );
    expect(() => new Adam(new Linear(1, 1) as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: Adam: expected an array of parameters with at least one. Pass model.parameters().]`,
    );
  });
});

test("a parameter that layers share moves once", () => {
  const shared = new Linear(2, 2);
  const model = new Sequential(shared, new ReLU(), shared);
  expect(model.parameters()).toEqual([shared.weight, shared.bias]);
  expect(Object.keys(model.stateDict())).toEqual(["0.weight", "0.bias", "2.weight", "2.bias"]);
  expect(() => new SGD([shared.weight, shared.weight])).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: SGD: a parameter is given twice and would move twice. Pass each once: [...new Set(parameters)].]`,
  );
});
