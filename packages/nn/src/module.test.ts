import { add, relu, sum, type Variable, variable } from "@conv/autograd";
import { cpu, type Device, ones, type Tensor, tensor, zeros } from "@conv/core";
import { describe, expect, test } from "vitest";
import { nested, Shifted } from "../test/modules.js";
import { BatchNorm2d, Conv2d, Dropout, Linear, Module, ReLU, Sequential, SGD } from "./index.js";

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
    expect(module.namedBuffers().map(([name, { shape }]) => [name, shape])).toEqual([
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

/** A block of a U-Net: takes what the way down left. */
class Up extends Module {
  readonly conv = new Conv2d(1, 1, 1);
  forward(x: Variable, skip: Variable): Variable {
    return add(this.conv.forward(x), skip);
  }
}

/** Takes a Tensor too, and an option that may be missing. */
class Scaled extends Module {
  forward(x: Variable | Tensor, scale = 2): Variable {
    return add(x, scale);
  }
}

describe("a forward of more inputs", () => {
  test("is a Module's as well, and is called with them", () => {
    const modules: Module[] = [new Up(), new Scaled()];
    expect(modules.flatMap((module) => module.parameters())).toHaveLength(2);
    const [up, x] = [new Up(), variable(zeros([1, 1, 1, 1]))];
    up.loadStateDict({ "conv.weight": ones([1, 1, 1, 1]), "conv.bias": tensor([1]) });
    expect(numbers(up.forward(x, variable(tensor([5], [1, 1, 1, 1]))))).toEqual([6]);
    const scaled: Module = new Scaled();
    expect(numbers(scaled.forward(variable(tensor([1]))))).toEqual([3]);
    // @ts-expect-error: of a Module it is only known that it takes x
    scaled.forward(variable(tensor([1])), 5);
    // @ts-expect-error: Up's second input is no number
    expect(() => up.forward(x, "skip")).toThrow();
  });
});

describe("modules, namedModules and apply", () => {
  test("by hand: the module itself first, then those inside it, each with its path", () => {
    const module = nested();
    expect(module.namedModules().map(([name, inside]) => [name, inside.constructor.name])).toEqual([
      ["", "Shifted"],
      ["inner", "Sequential"],
      ["inner.0", "Linear"],
      ["inner.1", "ReLU"],
      ["inner.2", "Shifted"],
      ["inner.2.inner", "ReLU"],
    ]);
    expect(module.modules()).toEqual(module.namedModules().map(([, inside]) => inside));
    expect(module.modules()[0]).toBe(module);
  });

  test("a shared module is there once, under its first name, and its buffers too", () => {
    const norm = new BatchNorm2d(1);
    const model = new Sequential(norm, new ReLU(), norm);
    expect(model.namedModules().map(([name]) => name)).toEqual(["", "0", "1"]);
    expect(model.buffers()).toHaveLength(3);
    expect(model.namedBuffers()).toHaveLength(6);
  });

  test("apply reaches all of them, children first, and returns the module", () => {
    const [module, seen] = [nested(), [] as Module[]];
    expect(module.apply((inside) => void seen.push(inside))).toBe(module);
    expect(seen.map((inside) => inside.constructor.name)).toEqual([
      ...["Linear", "ReLU", "ReLU", "Shifted", "Sequential", "Shifted"],
    ]);
  });
});

describe("modules and parameters in arrays and objects", () => {
  const holding = (blocks: unknown) => Object.assign(new ReLU(), { blocks });

  test("are refused: no optimizer would find them", () => {
    const model = new Sequential(holding([new Linear(1, 1)]));
    expect(() => model.parameters()).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: ReLU: the field blocks holds Linear in an array or object, where no optimizer and no file finds it. Use a ModuleList or a Sequential, or give each a field of its own.]`,
    );
    expect(() => holding({ w: variable(ones([1])) }).stateDict()).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: ReLU: the field blocks holds a parameter in an array or object, where no optimizer and no file finds it. Put them into modules, or give each a field of its own.]`,
    );
    for (const use of ["namedParameters", "buffers", "modules", "train", "eval", "stateDict"] as const) {
      expect(() => model[use](), use).toThrow("blocks");
    }
  });

  test.each([
    ["an array in an array", [[new ReLU()]]],
    ["an object", { act: new ReLU() }],
    ["an object without a prototype", Object.assign(Object.create(null), { act: new ReLU() })],
    ["a Map", new Map([["act", new ReLU()]])],
    ["a Set", new Set([new ReLU()])],
    ["an array of pairs", [["act", new ReLU()]]],
  ])("%s is looked into", (_, blocks) => {
    expect(() => holding(blocks).parameters()).toThrow("blocks");
  });

  test("are a second way to what the fields have", () => {
    const model = new Shifted(new Sequential(new Linear(1, 1), new ReLU()));
    const [sequential] = model.children().map(([, child]) => child as Sequential);
    const lists = {
      all: [sequential, ...sequential.layers],
      self: [model],
      w: [model.weight, sequential.parameters()[0]],
    };
    expect(Object.assign(model, { lists }).parameters()).toHaveLength(4);
  });

  test("are told from what is no part of a model: numbers, tensors, results, circles", () => {
    const circle: unknown[] = [1, null, undefined, "a", new Float32Array(3), ones([1]), add(variable(ones([1])), 1)];
    circle.push(circle, { circle }, variable(ones([1]), { requiresGrad: false }));
    expect(holding(circle).parameters()).toEqual([]);
  });
});

describe("a module inside itself", () => {
  class Child extends Module {
    parent: Module | undefined;
    forward = (x: Variable) => x;
  }
  const circle = () => {
    const child = new Child();
    child.parent = new Shifted(child);
    return child.parent;
  };

  test("is refused in words, by every walk through the modules", () => {
    expect(() => circle().parameters()).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: Shifted: this module is inside itself, since one inside it has a field that holds it. Begin that field's name with #, which makes it nobody's child.]`,
    );
    const walks: ((model: Module) => unknown)[] = [
      (model) => model.stateDict(),
      (model) => model.loadStateDict({}, { strict: false }),
      (model) => model.train(),
      (model) => model.apply(() => {}),
      (model) => model.to(cpu),
    ];
    for (const walk of walks) expect(() => walk(circle())).toThrow("Shifted: this module is inside itself");
  });

  test("stands once among the modules, and is walked through after the field has gone", () => {
    const model = circle();
    expect(model.namedModules().map(([name]) => name)).toEqual(["", "inner"]);
    expect(() => model.train()).toThrow(TypeError);
    Object.assign(model.children()[0][1], { parent: undefined });
    expect(model.train().parameters().length).toBe(2);
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
    const tensors = [...module.parameters(), ...module.buffers()];
    expect(tensors.map(({ device }) => device.name)).toEqual(new Array(8).fill("elsewhere"));
    expect(module.parameters().every((parameter, i) => parameter === parameters[i])).toBe(true);
  });

  test("leaves a result that a field holds where it is", () => {
    class Remembers extends Module {
      readonly weight = variable(tensor([1, 2]));
      last: Variable | undefined;
      forward(x: Variable): Variable {
        this.last = add(x, this.weight);
        return this.last;
      }
    }
    const module = new Remembers();
    module.forward(variable(tensor([1, 1])));
    module.to(Object.assign(Object.create(cpu), { name: "elsewhere" }));
    expect([module.weight.device.name, module.last?.device.name]).toEqual(["elsewhere", "cpu"]);
  });
});

test("frozen layers stay as they are while the others learn", () => {
  const features = new Linear(2, 3).requiresGrad(false);
  const model = new Sequential(features, new Linear(3, 1));
  const optimizer = new SGD(model.parameters(), { lr: 0.1 });
  const before = model.parameters().map((p) => [...p.dataSync()]);
  sum(model.forward(tensor([[1, 2]]))).backward();
  optimizer.step();
  const after = model.parameters().map((p) => [...p.dataSync()]);
  expect(after.slice(0, 2)).toEqual(before.slice(0, 2));
  expect(after[3]).toEqual([before[3][0] - 0.1].map(Math.fround));
  expect(
    features
      .requiresGrad()
      .parameters()
      .map((p) => p.requiresGrad),
  ).toEqual([true, true]);
});
