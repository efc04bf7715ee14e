import { type Variable, variable } from "@conv/autograd";
import { BackendError, cpu, type Device, ones, ShapeError, type Tensor, tensor, zeros } from "@conv/core";
import { describe, expect, test } from "vitest";
import { nested } from "../test/modules.js";
import { BatchNorm2d, Linear, type Module, manualSeed, Sequential } from "./index.js";

const numbers = (x: Tensor | Variable) => [...x.dataSync()];

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
