import { add, concat, matmul, relu, scope, sum, type Variable, variable } from "@conv/autograd";
import { convTranspose2d, cpu, createRandom, ones, zeros } from "@conv/core";
import { counting, givingBack } from "@tooling/devices";
import { describe, expect, test } from "vitest";
import { BasicBlock, lenet, resnet18, SeparableBlock, separable, vgg16Features } from "../../test/networks.js";
import { BatchNorm2d, Conv2d, Dropout, Flatten, Linear, MaxPool2d, Module, ReLU, Sequential, SGD } from "../index.js";
import { defaultRandom } from "../random.js";
import { summary } from "./summary.js";

/** A model that is a function of several inputs. */
class Lambda extends Module {
  readonly #f: (...inputs: Variable[]) => Variable;
  constructor(f: (...inputs: Variable[]) => Variable, layers: Readonly<Record<string, unknown>> = {}) {
    super();
    this.#f = f;
    Object.assign(this, layers);
  }
  forward(...inputs: Variable[]): Variable {
    return this.#f(...inputs);
  }
}

const learned = (model: Module, inputShape: readonly number[]) =>
  summary(model, inputShape).totals.parameters.trainable;

test("by hand: a convolution, its rectifier and a pooling", () => {
  const { layers, totals } = summary(new Sequential(new Conv2d(1, 6, 5), new ReLU(), new MaxPool2d(2)), [1, 1, 28, 28]);
  expect(layers.map(({ name, type, depth, call }) => [name, type, depth, call])).toEqual([
    ["", "Sequential", 0, 1],
    ["0", "Conv2d", 1, 1],
    ["1", "ReLU", 1, 1],
    ["2", "MaxPool2d", 1, 1],
  ]);
  expect(layers[1]).toEqual({
    name: "0",
    type: "Conv2d",
    depth: 1,
    call: 1,
    outputShape: [1, 6, 24, 24],
    parameters: { trainable: 6 * 25 + 6, frozen: 0 },
    macs: 6 * 24 * 24 * 25,
    outputBytes: 4 * 6 * 24 * 24,
    receptiveField: [
      { size: 5, jump: 1, start: 2 },
      { size: 5, jump: 1, start: 2 },
    ],
  });
  expect(totals).toMatchObject({
    parameters: { trainable: 156, frozen: 0 },
    macs: 86_400,
    inputBytes: 4 * 784,
    outputBytes: 4 * (6 * 24 * 24 * 2 + 6 * 12 * 12),
    parameterBytes: 4 * 156,
    bufferBytes: 0,
  });
});

describe("what is known of known networks", () => {
  test("LeNet-5 has 61 706 parameters and 416 520 MACs", () => {
    const { totals } = summary(lenet(), [1, 1, 28, 28]);
    expect(totals.parameters.trainable).toBe(61_706);
    expect(totals.macs).toBe(6 * 28 * 28 * 25 + 16 * 10 * 10 * 6 * 25 + 400 * 120 + 120 * 84 + 84 * 10);
  });

  test("the blocks of ResNet and MobileNet have PyTorch's parameters", () => {
    expect(learned(new BasicBlock(64, 64), [1, 64, 8, 8])).toBe(73_984);
    expect(learned(new BasicBlock(64, 128, 2), [1, 64, 8, 8])).toBe(230_144);
    expect(learned(new SeparableBlock(32), [1, 32, 8, 8])).toBe(32 * 9 + 2 * 32 + 32 * 32 + 32);
  });

  test("VGG-16's convolutions: 14 714 688 parameters, 15.3 G MACs, a field of 212 pixels, 32 apart", () => {
    const { totals, layers } = summary(vgg16Features(), [1, 3, 224, 224]);
    expect(totals.parameters.trainable).toBe(14_714_688);
    expect(totals.macs).toBe(15_346_630_656);
    expect(layers[0].receptiveField?.[0]).toMatchObject({ size: 212, jump: 32 });
  });

  test("ResNet-18: 11 689 512 parameters, 1.81 G MACs, a field of 435 pixels, 32 apart", () => {
    const { totals, layers } = summary(resnet18(), [1, 3, 224, 224]);
    expect(totals.parameters.trainable).toBe(11_689_512);
    expect(totals.macs).toBe(1_814_073_344);
    expect(layers.find(({ name }) => name === "7")?.receptiveField?.[1]).toMatchObject({ size: 435, jump: 32 });
    expect(totals.bufferBytes).toBe(4 * 9620);
  });
});

describe("multiply-accumulates are those of the definition", () => {
  /** Runs `visit` for all indices below these lengths. */
  const count = (...lengths: number[]) => {
    let visits = 0;
    const visit = (axis: number) => {
      if (axis === lengths.length) visits++;
      else for (let i = 0; i < lengths[axis]; i++) visit(axis + 1);
    };
    visit(0);
    return visits;
  };

  test("of a convolution with groups, stride and dilation: those of every tap of every window", () => {
    const layer = new Conv2d(4, 6, [3, 2], { groups: 2, stride: [2, 1], dilation: [1, 2], padding: 1 });
    const { macs, outputShape } = summary(layer, [2, 4, 7, 6]).layers[0];
    expect(outputShape).toEqual([2, 6, 4, 6]);
    expect(macs).toBe(count(2, 6, 4, 6, 2, 3, 2));
  });

  test("of a transposed convolution: those of every filter laid down for every pixel", () => {
    const w = ones([3, 2, 3, 3]);
    const model = new Lambda((x) => variable(convTranspose2d(x.value, w, { stride: 2 })));
    expect(summary(model, [1, 3, 4, 5]).totals.macs).toBe(count(3, 4, 5, 2, 3, 3));
  });

  test("of matrix products and linear layers, over all that is before the last axes", () => {
    expect(summary(new Linear(5, 7), [2, 3, 5]).totals.macs).toBe(count(2, 3, 5, 7));
    const product = new Lambda((a, b) => matmul(a, b));
    const lists = [
      [2, 3, 4, 5],
      [2, 1, 5, 6],
    ];
    expect(summary(product, lists).totals.macs).toBe(count(2, 3, 4, 5, 6));
  });

  test("count for the layer whose own code ran, not for those around it", () => {
    const { layers } = summary(new Sequential(new Sequential(new Linear(4, 4))), [1, 4]);
    expect(layers.map(({ name, macs }) => [name, macs])).toEqual([
      ["", 0],
      ["0", 0],
      ["0.0", 16],
    ]);
  });
});

describe("layers", () => {
  test("that are shared have a row for each call, and their parameters count once", () => {
    const conv = new Conv2d(2, 2, 3, { padding: 1 });
    const { layers, totals } = summary(new Sequential(conv, new ReLU(), conv), [1, 2, 8, 8]);
    expect(layers.map(({ name, call, macs }) => [name, call, macs])).toEqual([
      ["", 1, 0],
      ["0", 1, 2304],
      ["1", 1, 0],
      ["0", 2, 2304],
    ]);
    expect(totals.parameters.trainable).toBe(38);
    expect(totals.macs).toBe(4608);
    expect(layers.map(({ receptiveField }) => receptiveField?.[0]?.size)).toEqual([5, 3, 3, 5]);
  });

  test("that were never called come last, and their parameters count", () => {
    const [used, unused] = [new Linear(4, 2), new Linear(4, 3)];
    const { layers, totals } = summary(new Lambda((x) => used.forward(x), { unused, used }), [1, 4]);
    expect(layers.map(({ name, call, outputShape }) => [name, call, outputShape])).toEqual([
      ["", 1, [1, 2]],
      ["used", 1, [1, 2]],
      ["unused", 0, undefined],
    ]);
    expect(totals.parameters.trainable).toBe(10 + 15);
  });

  test("that are frozen, or have parameters beside layers, count their own", () => {
    const scale = variable(ones([1]));
    const frozen = variable(ones([7]), { requiresGrad: false });
    const { layers, totals } = summary(new Lambda((x) => x, { inner: new Linear(2, 2), scale, frozen }), [1, 2]);
    expect(layers[0].parameters).toEqual({ trainable: 1, frozen: 7 });
    expect(totals.parameters).toEqual({ trainable: 7, frozen: 7 });
  });

  test("whose forward is a field of the object are seen, and it stays", () => {
    class Arrow extends Module {
      override forward = (x: Variable): Variable => relu(x);
    }
    const layer = new Arrow();
    const { forward } = layer;
    expect(summary(new Sequential(layer), [1, 3]).layers.map(({ type }) => type)).toEqual(["Sequential", "Arrow"]);
    expect(layer.forward).toBe(forward);
    expect(Object.keys(layer)).toEqual(["training", "forward"]);
  });
});

test("a model may have several inputs, and fields are those of the first", () => {
  const model = new Lambda((x, mask) => concat([x, mask], 1));
  const shapes = [
    [1, 3, 8, 8],
    [1, 1, 8, 8],
  ];
  const { layers, inputShapes, totals } = summary(model, shapes);
  expect(inputShapes).toEqual(shapes);
  expect(layers[0].outputShape).toEqual([1, 4, 8, 8]);
  expect(layers[0].receptiveField?.[0]).toEqual({ size: 1, jump: 1, start: 0 });
  expect(totals.inputBytes).toBe(4 * (3 * 64 + 64));
  expect(summary(new Lambda((_, mask) => relu(mask)), shapes).layers[0].receptiveField).toBeUndefined();
});

test("a layer that passes on what it was given has an output, but it takes no memory of its own", () => {
  const { layers, totals } = summary(
    new Sequential(new Dropout(), new Flatten(), new ReLU(), new Dropout()),
    [2, 3, 2],
  );
  expect(layers.map(({ outputBytes }) => outputBytes)).toEqual([48, 48, 48, 48, 48]);
  expect(totals.outputBytes).toBe(48);
});

describe("the run leaves no trace", () => {
  const network = () =>
    new Sequential(
      new Conv2d(1, 4, 3),
      new BatchNorm2d(4),
      new ReLU(),
      new Dropout(),
      new Flatten(),
      new Linear(144, 2),
    );

  /** All that a model is. */
  const stateOf = (model: Module) => {
    const layers = [model, ...model.children().map(([, child]) => child)];
    return {
      keys: layers.map((layer) => Reflect.ownKeys(layer)),
      forwards: layers.map((layer) => layer.forward),
      modes: layers.map(({ training }) => training),
      tensors: Object.values(model.stateDict()),
      versions: model.parameters().map(({ version }) => version),
      gradients: model.parameters().map(({ grad }) => grad),
      draws: layers.map((layer) => (layer instanceof Dropout ? layer.random.state : undefined)),
    };
  };

  test("not in the modes, the tensors, the gradients, the draws, the fields", () => {
    const model = network();
    model.layers[1].eval();
    model.forward(variable(ones([2, 1, 8, 8]))).backward(ones([2, 2]));
    const before = stateOf(model);
    summary(model, [2, 1, 8, 8]);
    const after = stateOf(model);
    expect(after).toEqual(before);
    for (const part of ["tensors", "gradients", "forwards"] as const) {
      after[part].forEach((x, i) => {
        expect(x).toBe(before[part][i]);
      });
    }
  });

  test("nor when a layer throws", () => {
    const model = network();
    const before = stateOf(model);
    expect(() => summary(model, [2, 1, 9, 9])).toThrow();
    expect(stateOf(model)).toEqual(before);
    expect(model.forward(variable(ones([2, 1, 8, 8]))).requiresGrad).toBe(true);
  });

  test("nor in what a layer draws from: its own generator, and the one that all share", () => {
    class Noisy extends Module {
      readonly random = createRandom(1);
      forward(x: Variable): Variable {
        const dropout = new Dropout(); // splits the shared generator
        return dropout.forward(add(x, this.random.normal(x.shape)));
      }
    }
    const model = new Noisy();
    const [own, shared] = [model.random.state, defaultRandom().state];
    summary(model, [2, 3]);
    expect([model.random.state, defaultRandom().state]).toEqual([own, shared]);
  });

  test("nor in what a layer keeps in its fields", () => {
    class Counting extends Module {
      calls = 0;
      last: Variable | undefined;
      given = 1;
      forward(x: Variable): Variable {
        this.calls++;
        this.last = relu(x);
        Object.assign(this, { first: x });
        Reflect.deleteProperty(this, "given");
        return this.last;
      }
    }
    const model = new Counting();
    summary(model, [1, 3]);
    expect({ ...model }).toEqual({ training: true, calls: 0, last: undefined, given: 1 });
  });

  test("nor in what later steps give back", () => {
    const { device, live } = counting(cpu);
    const model = new Sequential(new Conv2d(1, 4, 3), new Flatten(), new Linear(144, 2)).to(device);
    const optimizer = new SGD(model.parameters(), { lr: 0.1 });
    const step = () =>
      scope(() => {
        optimizer.zeroGrad();
        sum(model.forward(variable(ones([1, 1, 8, 8], { device })))).backward();
        optimizer.step();
      });
    step();
    const { size } = live;
    summary(model, [1, 1, 8, 8]);
    step();
    expect(live.size).toBe(size);
  });

  test("nor in the memory of the device that the model is on", () => {
    const { device, live } = counting(cpu);
    const model = network().to(device);
    const before = new Set(live);
    summary(model, [2, 1, 8, 8]);
    expect(live).toEqual(before);
    expect(model.parameters().every((p) => p.device === device)).toBe(true);
  });
});

describe("memory", () => {
  givingBack(cpu);

  test.each([
    ["LeNet-5", lenet(), [2, 1, 28, 28]],
    ["a separable block", separable(), [2, 3, 32, 32]],
    ["a residual block", new BasicBlock(4, 8, 2), [2, 4, 8, 8]],
  ])("what a step of %s keeps is what a real one keeps", (_, model, shape) => {
    const { device, live } = counting(cpu);
    model.to(device).eval();
    const { totals } = summary(model, shape);
    const before = new Set(live);
    const x = variable(zeros(shape, { device }), { requiresGrad: false });
    const y = scope(() => model.forward(x));
    y.value.dispose(); // stays only if a step keeps it
    const kept = [...live]
      .filter((storage) => !before.has(storage))
      .map((storage) => (storage as Float32Array).byteLength);
    expect(totals.keptBytes).toBe(kept.reduce((sum, bytes) => sum + bytes, 0));
  });
});

describe("what cannot be summed up is an error", () => {
  test("in a layer: its name, its class and what it was given stand in front", () => {
    const model = new Sequential(new Sequential(new Conv2d(1, 2, 3), new Flatten(), new Linear(10, 2)));
    expect(() => summary(model, [1, 1, 5, 5])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: summary: layer 0.2 (Linear), given [1, 18]: linear: x [1, 18] must end in the 10 features that w [2, 10], [out, in], takes. Reshape x, or make w [2, 18].]`,
    );
    expect(() => summary(new Linear(3, 2), [1, 4])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: summary: the model (Linear), given [1, 4]: linear: x [1, 4] must end in the 3 features that w [2, 3], [out, in], takes. Reshape x, or make w [2, 4].]`,
    );
  });

  test("that looks at elements", () => {
    const model = new Sequential(new Lambda((x) => (x.dataSync()[0] > 0 ? x : add(x, 1))));
    expect(() => summary(model, [1])).toThrowErrorMatchingInlineSnapshot(
      `[BackendError: summary: layer 0 (Lambda), given [1]: it looks at the elements of a tensor, but only shapes are computed here. Move that out of forward.]`,
    );
  });

  test("of no model, and for no shape", () => {
    expect(() => summary(Conv2d as never, [1])).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: summary: model must be a Module, got a function. Pass an object: new …().]`,
    );
    expect(() => summary(undefined as never, [1])).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: summary: model must be a Module, got undefined. Is another copy of @conv/nn loaded?]`,
    );
    expect(() => summary(new ReLU(), "1x28" as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: summary: inputShape must be a shape such as [1, 3, 224, 224], or a list of shapes, got "1x28".]`,
    );
    expect(() => summary(new ReLU(), [1, "28"] as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: summary: inputShape must be a shape such as [1, 3, 224, 224], or a list of shapes, got [1, "28"].]`,
    );
    expect(() => summary(new ReLU(), [1, -1])).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: summary: each axis of [1, -1] must be a positive integer, got -1.]`,
    );
    expect(() => summary(new ReLU(), [1], { batch: 2 } as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: summary: unknown option batch. It takes dtype.]`,
    );
    expect(() => summary(new ReLU(), [1], { dtype: "float16" as never })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: summary: dtype must be one of "float32", "float64", "int32", got "float16".]`,
    );
  });
});
