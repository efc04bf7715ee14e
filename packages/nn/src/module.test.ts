import { add, relu, sum, type Variable, variable } from "@conv/autograd";
import { BackendError, cpu, type Device, ones, ShapeError, type Tensor, tensor, zeros } from "@conv/core";
import { describe, expect, test } from "vitest";
import { BatchNorm2d, Conv2d, Dropout, Linear, Module, manualSeed, ReLU, Sequential, SGD } from "./index.js";

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

  test("returns the names that differ", () => {
    const layer = new Linear(1, 1);
    expect(layer.loadStateDict(layer.stateDict())).toEqual({ missingKeys: [], unexpectedKeys: [] });
    const state = { weight: tensor([[7]]), scale: ones([1]), shift: ones([1]) };
    expect(layer.loadStateDict(state, { strict: false })).toEqual({
      missingKeys: ["bias"],
      unexpectedKeys: ["scale", "shift"],
    });
  });

  test("rounds floating-point numbers of another type to the parameter's, as PyTorch does", () => {
    const layer = new Linear(3, 1, { bias: false });
    layer.loadStateDict({ weight: tensor(Float64Array.of(0.1, 1e300, Number.NaN), [1, 3]) });
    expect(layer.weight.dtype).toBe("float32");
    expect(numbers(layer.weight)).toEqual([Math.fround(0.1), Number.POSITIVE_INFINITY, Number.NaN]);
  });

  test("integers and floating-point numbers become each other where that changes no number", () => {
    const layer = new Linear(1, 1, { bias: false });
    layer.loadStateDict({ weight: tensor(Int32Array.of(2 ** 24), [1, 1]) });
    expect([layer.weight.dtype, numbers(layer.weight)]).toEqual(["float32", [2 ** 24]]);
    const norm = new BatchNorm2d(1, { affine: false });
    for (const dtype of ["float64", "float32", "int32"] as const) {
      norm.loadStateDict({ ...norm.stateDict(), num_batches_tracked: tensor([7], [], { dtype }) });
      expect([norm.num_batches_tracked?.dtype, norm.num_batches_tracked?.item()]).toEqual(["int32", 7]);
    }
  });

  test("and are refused where it would", () => {
    const layer = new Linear(1, 1, { bias: false });
    expect(() =>
      layer.loadStateDict({ weight: tensor(Int32Array.of(2 ** 24 + 1), [1, 1]) }),
    ).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: loadStateDict: weight has the element 16777217, but this model's is float32, which has no such number. Convert it first.]`,
    );
    const norm = new BatchNorm2d(1, { affine: false });
    const count = (n: number) => () =>
      norm.loadStateDict({ num_batches_tracked: tensor(Float64Array.of(n), []) }, { strict: false });
    expect(count(0.5)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: loadStateDict: num_batches_tracked has the element 0.5, but this model's is int32, which has no such number. Convert it first.]`,
    );
    for (const n of [2 ** 31, -(2 ** 31) - 1, Number.NaN, Number.POSITIVE_INFINITY])
      expect(count(n)).toThrow(TypeError);
    expect(count(-(2 ** 31))).not.toThrow();
  });

  test("refuses what is no tensor, and unknown options", () => {
    const layer = new Linear(1, 1, { bias: false });
    expect(() => layer.loadStateDict({ weight: [[1]] } as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: loadStateDict: weight must be a tensor, got [[1]]. Make a tensor with tensor(values, shape).]`,
    );
    expect(() => layer.loadStateDict({ weight: layer.weight } as never)).toThrow(TypeError);
    expect(() => layer.loadStateDict(null as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: loadStateDict: state must be an object of tensors by name, got null.]`,
    );
    expect(() => layer.loadStateDict(layer.stateDict(), false as never)).toThrow(TypeError);
    expect(() => layer.loadStateDict(layer.stateDict(), { strict: 0 } as never)).toThrow(TypeError);
  });

  test("changes nothing when a tensor of the state was disposed of", () => {
    const layer = new Linear(2, 1);
    const before = numbers(layer.weight);
    const bias = tensor([1]);
    bias.dispose();
    expect(() => layer.loadStateDict({ weight: ones([1, 2]), bias })).toThrow(BackendError);
    expect(numbers(layer.weight)).toEqual(before);
  });

  test("changes nothing when a device refuses the last tensor, of a deep model", () => {
    let uploads = 0;
    const small: Device = Object.assign(Object.create(cpu), {
      name: "small",
      upload: (values: never) => {
        if (++uploads > 18) throw new BackendError("small: out of memory");
        return cpu.upload(values);
      },
    });
    const deep = (depth: number): Module =>
      depth === 0 ? nested() : new Sequential(new Linear(1, 1), deep(depth - 1));
    const model = deep(5).to(small);
    expect(uploads).toBe(18);
    const before = Object.entries(model.stateDict());
    expect(before).toHaveLength(18);
    uploads = 1;
    const state = Object.fromEntries(before.map(([name, { shape }]) => [name, ones(shape)]));
    expect(() => model.loadStateDict(state)).toThrow("out of memory");
    expect(Object.entries(model.stateDict()).every(([, x], i) => x === before[i][1])).toBe(true);
    uploads = 0;
    model.loadStateDict(state);
    expect(Object.values(model.stateDict()).every((x) => numbers(x).every((value) => value === 1))).toBe(true);
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
