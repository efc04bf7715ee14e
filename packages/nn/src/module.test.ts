import { add, relu, type Variable, variable } from "@conv/autograd";
import { cpu, type Device, ones, ShapeError, type Tensor, tensor, zeros } from "@conv/core";
import { describe, expect, test } from "vitest";
import { Conv2d, Dropout, Linear, Module, manualSeed, ReLU, Sequential } from "./index.js";

/** y = weight + child's y: a parameter, a frozen one, a buffer and a child. */
class Shifted extends Module {
  readonly weight = variable(tensor([1, 2]));
  readonly frozen = variable(tensor([5]), { requiresGrad: false });
  readonly runningMean: Tensor = tensor([10, 20]);
  readonly name = "no tensor";
  constructor(readonly inner: Module) {
    super();
  }
  forward(x: Variable): Variable {
    return add(this.inner.forward(x), this.weight);
  }
}

/** x + relu(conv(x)), as the docstring of Module has it. */
class Residual extends Module {
  readonly conv: Conv2d;
  constructor(readonly channels: number) {
    super();
    this.conv = new Conv2d(channels, channels, 3, { padding: 1 });
  }
  forward(x: Variable): Variable {
    return add(x, relu(this.conv.forward(x)));
  }
}

const numbers = (x: Tensor | Variable) => [...x.dataSync()];
const nested = () => new Shifted(new Sequential(new Linear(2, 2), new ReLU(), new Shifted(new ReLU())));

describe("the names of a module's tensors", () => {
  test("by hand: fields of fields, with dots; its own before its children's", () => {
    const module = nested();
    expect(module.namedParameters().map(([name]) => name)).toEqual([
      "weight",
      "frozen",
      "inner.0.weight",
      "inner.0.bias",
      "inner.2.weight",
      "inner.2.frozen",
    ]);
    expect(module.buffers().map(([name, { shape }]) => [name, shape])).toEqual([
      ["runningMean", [2]],
      ["inner.2.runningMean", [2]],
    ]);
    expect(module.children().map(([name]) => name)).toEqual(["inner"]);
  });

  test("are PyTorch's in a Sequential: 0.weight, 0.bias", () => {
    const model = new Sequential(new Linear(3, 2), new ReLU(), new Linear(2, 1, { bias: false }));
    expect(Object.keys(model.stateDict())).toEqual(["0.weight", "0.bias", "2.weight"]);
    expect(new Sequential().parameters()).toEqual([]);
  });

  test("parameters() are the Variables of namedParameters(), those that backward fills and optimizers change", () => {
    const model = new Sequential(new Linear(3, 2), new Linear(2, 1));
    const [w0, b0, w1, b1] = model.parameters();
    const [first, second] = model.layers as Linear[];
    expect([w0, b0, w1, b1]).toEqual([first.weight, first.bias, second.weight, second.bias]);
    expect(w0).toBe(first.weight);
    model.forward(variable(ones([1, 3]))).backward();
    expect(model.parameters().every(({ grad }) => grad !== undefined)).toBe(true);
  });
});

describe("a subclass", () => {
  test("with a residual computes what it says, and has the parameters of its layers", () => {
    const block = new Residual(2);
    block.loadStateDict({ "conv.weight": zeros([2, 2, 3, 3]), "conv.bias": tensor([1, -1]) });
    const y = block.forward(variable(tensor([1, 2, 3, 4, 5, 6, 7, 8], [1, 2, 2, 2])));
    expect(numbers(y)).toEqual([2, 3, 4, 5, 5, 6, 7, 8]); // x + relu(bias)
    expect(Object.keys(new Sequential(block, new Residual(1)).stateDict())).toEqual([
      "0.conv.weight",
      "0.conv.bias",
      "1.conv.weight",
      "1.conv.bias",
    ]);
  });
});

describe("train and eval", () => {
  test("reach every module inside, and return the module", () => {
    const leaf = new Dropout();
    const model = new Sequential(new Shifted(new Sequential(leaf)));
    expect([model.training, leaf.training]).toEqual([true, true]);
    expect(model.eval()).toBe(model);
    expect([model.training, leaf.training]).toEqual([false, false]);
    expect(model.train()).toBe(model);
    expect([model.training, leaf.training]).toEqual([true, true]);
    expect(model.train(false).training).toBe(false);
    expect(leaf.training).toBe(false);
  });
});

describe("to", () => {
  test("moves parameters, frozen ones too, and buffers, of children too, and the Variables stay the same", () => {
    const elsewhere: Device = Object.assign(Object.create(cpu), { name: "elsewhere" });
    const module = nested();
    const parameters = module.parameters();
    expect(module.to(elsewhere)).toBe(module);
    const tensors = [...module.parameters(), ...module.buffers().map(([, buffer]) => buffer)];
    expect(tensors.map(({ device }) => device.name)).toEqual(new Array(8).fill("elsewhere"));
    expect(module.parameters().every((parameter, i) => parameter === parameters[i])).toBe(true);
  });
});

describe("stateDict and loadStateDict", () => {
  test("by hand: a state taken from one model makes another its equal", () => {
    manualSeed(1);
    const [from, to] = [new Sequential(new Linear(3, 2)), new Sequential(new Linear(3, 2))];
    const x = variable(tensor([[1, 2, 3]]));
    expect(numbers(from.forward(x))).not.toEqual(numbers(to.forward(x)));
    to.loadStateDict(from.stateDict());
    expect(numbers(to.forward(x))).toEqual(numbers(from.forward(x)));
  });

  test("assigns parameters and buffers at every depth, and keeps the Variables", () => {
    const module = nested();
    const parameters = module.parameters();
    const state = Object.fromEntries(
      Object.entries(module.stateDict()).map(([name, { shape }], i) => [
        name,
        tensor(new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(i), shape),
      ]),
    );
    module.loadStateDict(state);
    expect(Object.entries(module.stateDict()).map(([name, value]) => [name, numbers(value)[0]])).toEqual([
      ["weight", 0],
      ["frozen", 1],
      ["inner.0.weight", 2],
      ["inner.0.bias", 3],
      ["inner.2.weight", 4],
      ["inner.2.frozen", 5],
      ["runningMean", 6],
      ["inner.2.runningMean", 7],
    ]);
    expect(module.parameters().every((parameter, i) => parameter === parameters[i])).toBe(true);
  });

  test("a state is a snapshot: a step afterwards does not change it", () => {
    const layer = new Linear(1, 1, { bias: false });
    const state = layer.stateDict();
    const before = numbers(state.weight);
    layer.weight.value = tensor([[100]]);
    expect(numbers(state.weight)).toEqual(before);
  });

  test("strict, it refuses missing and unexpected names and says which", () => {
    const model = new Sequential(new Linear(2, 1));
    const { "0.weight": weight, "0.bias": bias } = model.stateDict();
    expect(() => model.loadStateDict({ "0.weight": weight })).toThrowErrorMatchingInlineSnapshot(
      `[Error: loadStateDict: the state lacks 0.bias. Build the model it was saved from, or pass { strict: false }.]`,
    );
    expect(() =>
      model.loadStateDict({ "0.weight": weight, "0.bias": bias, "1.weight": weight, "1.bias": bias }),
    ).toThrowErrorMatchingInlineSnapshot(
      `[Error: loadStateDict: the state has 1.weight, 1.bias, which this model does not. Build the model it was saved from, or pass { strict: false }.]`,
    );
    expect(() => model.loadStateDict({ "fc.weight": weight })).toThrowErrorMatchingInlineSnapshot(
      `[Error: loadStateDict: the state lacks 0.weight, 0.bias and has fc.weight, which this model does not. Build the model it was saved from, or pass { strict: false }.]`,
    );
  });

  test("not strict, it takes what fits by name", () => {
    const model = new Sequential(new Linear(1, 1));
    model.loadStateDict({ "0.weight": tensor([[7]]), other: tensor([1]) }, { strict: false });
    expect(numbers(model.parameters()[0])).toEqual([7]);
    expect(model.stateDict()).not.toHaveProperty("other");
  });

  test("refuses another shape, strict or not", () => {
    const model = new Sequential(new Linear(2, 1));
    const { "0.bias": bias } = model.stateDict();
    const wrong = { "0.weight": zeros([1, 3]), "0.bias": bias };
    expect(() => model.loadStateDict(wrong)).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: loadStateDict: 0.weight has shape [1, 3], but this model's is [1, 2]. Build the model it was saved from.]`,
    );
    expect(() => model.loadStateDict(wrong, { strict: false })).toThrow(ShapeError);
  });

  test("changes nothing when it refuses", () => {
    const module = nested();
    const before = Object.entries(module.stateDict()).map(([name, value]) => [name, numbers(value)]);
    const good = Object.fromEntries(
      Object.entries(module.stateDict()).map(([name, { shape }]) => [name, ones(shape)] as const),
    );
    const { "inner.2.runningMean": _, ...missing } = good;
    for (const bad of [{ ...good, "inner.2.runningMean": ones([3]) }, { ...good, more: ones([1]) }, missing]) {
      expect(() => module.loadStateDict(bad)).toThrow();
      expect(Object.entries(module.stateDict()).map(([name, value]) => [name, numbers(value)])).toEqual(before);
    }
  });

  test("a name that every object has, such as toString, is unexpected too", () => {
    const layer = new Linear(1, 1);
    expect(() => layer.loadStateDict({ ...layer.stateDict(), toString: ones([1]) } as never)).toThrow("toString");
  });

  test("a tensor of another dtype does not turn the parameter into that dtype", () => {
    const layer = new Linear(1, 1, { bias: false });
    try {
      layer.loadStateDict({ weight: tensor(Int32Array.of(3), [1, 1]) });
    } catch {} // refusing it would be right too
    expect(layer.weight.dtype).toBe("float32");
  });
});
