import { add, type Variable, variable } from "@conv/autograd";
import { tensor } from "@conv/core";
import { describe, expect, test } from "vitest";
import { Dropout, Linear, Module, ModuleList, ReLU } from "../index.js";

/** weight·x. */
const scaling = (weight: number) => {
  const layer = new Linear(1, 1, { bias: false });
  layer.weight.value = tensor([[weight]]);
  return layer;
};

class Branches extends Module {
  readonly branches = new ModuleList([scaling(2), scaling(5)]);

  forward(x: Variable): Variable {
    let y = x;
    for (const branch of this.branches) y = add(y, branch.forward(x));
    return y;
  }
}

describe("ModuleList", () => {
  test("by hand: x + 2x + 5x; its modules' parameters are the model's", () => {
    const model = new Branches();
    const y = model.forward(variable(tensor([[3]])));
    expect(y.item()).toBe(24);
    y.backward(tensor([[1]]));
    expect(model.parameters().map(({ grad }) => grad?.item())).toEqual([3, 3]);
    expect(Object.keys(model.stateDict())).toEqual(["branches.0.weight", "branches.1.weight"]);
  });

  test("counts, indexes from either end, and goes through its modules in their order", () => {
    const modules = [new ReLU(), scaling(1)];
    const list = new ModuleList(modules);
    expect([list.length, list.at(0), list.at(-1)]).toEqual([2, modules[0], modules[1]]);
    expect([...list]).toEqual(modules);
    expect([new ModuleList().length, [...new ModuleList()]]).toEqual([0, []]);
  });

  test("grows at its end; of any iterable", () => {
    const list = new ModuleList(new Set([scaling(1)])).append(new ReLU()).append(scaling(2));
    expect([list.length, Object.keys(list.stateDict())]).toEqual([3, ["0.weight", "2.weight"]]);
  });

  test("training, state and devices reach its modules", () => {
    const list = new ModuleList([new Dropout(), scaling(1)]).eval();
    expect([...list].map(({ training }) => training)).toEqual([false, false]);
    list.loadStateDict({ "1.weight": tensor([[9]]) });
    expect(list.parameters()[0].item()).toBe(9);
  });

  test("has no forward, and no modules where there are none", () => {
    expect(() => new ModuleList([new ReLU()]).forward(variable(tensor([1])))).toThrowErrorMatchingInlineSnapshot(
      `[Error: ModuleList: it has no forward of its own. Call its modules: for (const module of list) y = module.forward(y). Layers one after another are a Sequential.]`,
    );
    expect(() => new ModuleList([new ReLU()]).at(1)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: ModuleList: there is no layer 1. Use -1 to 0.]`,
    );
    expect(() => new ModuleList([]).at(0)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: ModuleList: there is no layer 0. It is empty.]`,
    );
    expect(() => new ModuleList([new ReLU()]).at(0.5)).toThrow("there is no layer 0.5");
  });

  test("refuses what is no module", () => {
    expect(() => new ModuleList(new ReLU() as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: ModuleList: the modules come as an array. Use new ModuleList([first, second]).]`,
    );
    expect(() => new ModuleList([ReLU] as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: ModuleList: layer 0 is not a Module. Did you mean new ReLU()?]`,
    );
    expect(() => new ModuleList([null] as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: ModuleList: layer 0 is not a Module. Got null.]`,
    );
    expect(() => new ModuleList().append((() => 0) as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: ModuleList: layer 0 is not a Module. Wrap a function in a Lambda.]`,
    );
  });
});
