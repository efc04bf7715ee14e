import { mul } from "@conv/autograd";
import { type Tensor, tensor } from "@conv/core";
import { describe, expect, test } from "vitest";
import { expectValues, parameter, setGradient } from "../../test/steps.js";
import { Adam, AdamW, fromSafetensors, Linear, type Optimizer, RMSprop, SGD, toSafetensors } from "../index.js";

/** One step of each parameter along the gradient 1. */
function step(optimizer: Optimizer): number[] {
  for (const p of optimizer.parameters) setGradient(p, 1);
  optimizer.step();
  return optimizer.parameters.map((p) => p.item());
}

describe("parameter groups", () => {
  test("by hand: each group moves by its own rate, and by that of the optimizer if it has none", () => {
    const optimizer = new SGD([{ params: [parameter()], lr: 0.5 }, { params: [parameter()] }], { lr: 0.1 });
    expectValues(step(optimizer), [0.5, 0.9]);
    expect(optimizer.groups.map(({ lr }) => lr)).toEqual([0.5, 0.1]);
  });

  test("every option may differ: momentum, Nesterov, weight decay, betas, eps, amsgrad, alpha, centered", () => {
    const alone = (make: (p: ReturnType<typeof parameter>) => Optimizer) => {
      const optimizer = make(parameter());
      return [step(optimizer), step(optimizer), step(optimizer)].map(([value]) => value);
    };
    const sgd = [{}, { momentum: 0.9, nesterov: true }, { weightDecay: 0.5, momentum: 0.5, dampening: 0.2 }];
    const adam = [{}, { betas: [0.5, 0.6] as const, eps: 0.1 }, { amsgrad: true, weightDecay: 0.3, lr: 0.2 }];
    const rmsprop = [{}, { alpha: 0.5, centered: true }, { momentum: 0.9, eps: 0.1, weightDecay: 0.1 }];
    const cases: [(ps: readonly object[]) => Optimizer, readonly object[]][] = [
      [(ps) => new SGD(ps as never, { lr: 0.1 }), sgd],
      [(ps) => new Adam(ps as never, { lr: 0.1 }), adam],
      [(ps) => new AdamW(ps as never, { lr: 0.1 }), adam],
      [(ps) => new RMSprop(ps as never, { lr: 0.1 }), rmsprop],
    ];
    for (const [make, options] of cases) {
      const together = make(options.map((own) => ({ params: [parameter()], ...own })));
      const got = [step(together), step(together), step(together)];
      const expected = options.map((own) => alone((p) => make([{ params: [p], ...own }])));
      expect(got).toEqual([0, 1, 2].map((t) => expected.map((values) => values[t])));
      expect(new Set(got[2]).size).toBe(3);
    }
  });

  test("options change between steps: a rate, a momentum, betas, a weight decay", () => {
    const sgd = new SGD([{ params: [parameter()] }, { params: [parameter()] }], { lr: 0.1 });
    sgd.groups[1].lr = 0.5;
    sgd.groups[0].weightDecay = 1;
    expectValues(step(sgd), [0.8, 0.5]);
    sgd.groups[1].momentum = 0.9;
    expectValues([step(sgd)[1], step(sgd)[1]], [0, -0.95]);
    const adam = new Adam([parameter()], { lr: 0.1 });
    adam.groups[0].betas = [0, 0];
    expectValues(step(adam), [0.9 + 1e-9]);
  });

  test("lr is that of the first group; assigning to it sets all", () => {
    const optimizer = new SGD([{ params: [parameter()], lr: 0.5 }, { params: [parameter()] }], { lr: 0.1 });
    expect(optimizer.lr).toBe(0.5);
    optimizer.lr = 0.2;
    expect(optimizer.groups.map(({ lr }) => lr)).toEqual([0.2, 0.2]);
    expect(() => {
      optimizer.lr = Number.NaN;
    }).toThrowErrorMatchingInlineSnapshot(`[RangeError: SGD: lr must be a finite number of at least 0, got NaN.]`);
  });

  test("a plain array of parameters is one group", () => {
    const layer = new Linear(2, 1);
    const optimizer = new Adam(layer.parameters(), { weightDecay: 0.1 });
    expect(optimizer.groups).toHaveLength(1);
    expect(optimizer.groups[0]).toMatchObject({ lr: 0.001, betas: [0.9, 0.999], eps: 1e-8, weightDecay: 0.1 });
    expect(optimizer.groups[0].params).toEqual(layer.parameters());
  });

  test("an option that is undefined is not said, and an empty group does no harm", () => {
    const optimizer = new SGD([{ params: [parameter()], lr: undefined as never }, { params: [] }], { lr: 0.1 });
    expectValues(step(optimizer), [0.9]);
  });
});

describe("the state of groups", () => {
  const make = (lr: number) =>
    new SGD([
      { params: [parameter()], lr },
      { params: [parameter()], momentum: 0.5 },
    ]);
  const numbers = (state: Readonly<Record<string, Tensor>>) =>
    Object.entries(state).map(([name, x]) => [name, [...x.dataSync()]]);

  test("carries their options, also through a file, bit for bit", () => {
    const optimizer = make(0.1);
    step(optimizer);
    optimizer.groups[0].lr = 1 / 3;
    optimizer.groups[1].momentum = 0.7;
    const other = make(1);
    other.loadStateDict(fromSafetensors(toSafetensors(optimizer.stateDict())));
    expect(other.groups.map(({ lr, momentum }) => [lr, momentum])).toEqual([
      [1 / 3, 0],
      [0.001, 0.7],
    ]);
    expect(numbers(other.stateDict())).toEqual(numbers(optimizer.stateDict()));
  });

  test("of betas too", () => {
    const [adam, other] = [new Adam([parameter()], { betas: [0.1, 0.2] }), new Adam([parameter()])];
    other.loadStateDict(adam.stateDict());
    expect(other.groups[0].betas).toEqual([0.1, 0.2]);
  });

  test("of earlier versions, without options, leaves them as they are", () => {
    const optimizer = make(0.25);
    const old = Object.entries(make(1).stateDict()).filter(([name]) => !name.startsWith("groups."));
    optimizer.loadStateDict(Object.fromEntries(old));
    expect(optimizer.lr).toBe(0.25);
  });

  test("of other groups, or with options out of range, is refused and changes nothing", () => {
    const optimizer = make(0.25);
    const load = (more: Record<string, Tensor>) => () => optimizer.loadStateDict({ ...make(1).stateDict(), ...more });
    expect(load({ "groups.2.lr": tensor(1) })).toThrowErrorMatchingInlineSnapshot(
      `[Error: loadStateDict: this optimizer has no place for groups.2.lr. Use the model and the optimizer it was saved with.]`,
    );
    expect(load({ "groups.0.betas": tensor([1, 2]) })).toThrow("no place for groups.0.betas");
    expect(load({ "groups.0.lr": tensor([1, 2]) })).toThrow("groups.0.lr has shape [2]");
    expect(load({ "groups.0.lr": tensor(-1) })).toThrow("lr must be a finite number");
    const { "groups.1.momentum": _, ...rest } = make(1).stateDict();
    expect(() => optimizer.loadStateDict(rest)).toThrowErrorMatchingInlineSnapshot(
      `[Error: loadStateDict: the state lacks groups.1.momentum. Use the model and the optimizer it was saved with.]`,
    );
    expect(() => new SGD([parameter(), parameter()]).loadStateDict(make(1).stateDict())).toThrow("groups.1.lr");
    expect(optimizer.lr).toBe(0.25);
  });
});

describe("groups are refused", () => {
  const make = (groups: unknown) => () => new SGD(groups as never, { lr: 0.1 });
  const p = parameter();

  test("with unknown options, or those of the optimizer out of range", () => {
    expect(make([{ params: [p], learningRate: 0.1 }])).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: SGD: unknown option learningRate. Did you mean lr?]`,
    );
    expect(make([{ params: [p], betas: [0, 0] }])).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: SGD: unknown option betas. It takes params, lr, momentum, dampening, nesterov, weightDecay.]`,
    );
    expect(make([{ params: [p], lr: -1 }])).toThrow("lr must be a finite number of at least 0, got -1");
    expect(make([{ params: [p], nesterov: true }])).toThrow("nesterov needs momentum");
  });

  test("with a parameter twice, with none, and with what is none", () => {
    expect(make([{ params: [p] }, { params: [p] }])).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: SGD: a parameter is in two groups, or twice in one, and would move twice. Pass each once.]`,
    );
    expect(make([{ params: [] }])).toThrow("at least one");
    expect(make([p, { params: [p] }])).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: SGD: a group must be { params, … } with an array of parameters, got a tensor [1]. Pass groups only, or parameters only.]`,
    );
    expect(make([{ params: p }])).toThrow("with an array of parameters");
    expect(make([tensor([1])])).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: SGD: a parameter must be a Variable, got a tensor [1]. Pass model.parameters(), or variable(tensor).]`,
    );
    expect(make([mul(p, 2)])).toThrow("is the result of a step, not a parameter");
  });

  test("when an option becomes one that cannot be, at the next step, and a misspelt one at once", () => {
    const optimizer = new SGD([p]);
    expect(() => Object.assign(optimizer.groups[0], { learningRate: 1 })).toThrow(TypeError);
    optimizer.groups[0].lr = Number.NaN;
    expect(() => optimizer.step()).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: SGD: lr must be a finite number of at least 0, got NaN.]`,
    );
  });
});
