import { variable } from "@conv/autograd";
import { type Tensor, tensor } from "@conv/core";
import { allClose } from "@conv/core/testing";
import { type Golden, type GoldenTensor, goldens } from "@tooling/goldens";
import { describe, expect, test } from "vitest";
import * as nn from "../src/index.js";

// fixtures/make_layers.py: PyTorch's layers, their states by its names, and the options of losses.

const { Module, Sequential, bceWithLogitsLoss, crossEntropy, huberLoss } = nn;

const losses = { bceWithLogitsLoss, crossEntropy, huberLoss };
const cases = goldens("layers");
const layerCases = cases.filter(({ op }) => !(op in losses));

const read = ({ values, shape }: GoldenTensor): Tensor => tensor(values, shape);

/** The tensors whose names start so, by the rest of their names. */
const under = (prefix: string, tensors: Golden["inputs"]): [name: string, tensor: GoldenTensor][] =>
  Object.entries(tensors).flatMap(([name, x]) => (name.startsWith(prefix) ? [[name.slice(prefix.length), x]] : []));

function expectClose(got: Tensor | undefined, expected: GoldenTensor, { tolerance }: Golden, name: string): void {
  expect(got?.shape, name).toEqual(expected.shape);
  expect(got === undefined ? "there is none" : allClose(got, expected.values, tolerance), name).toBeUndefined();
}

const containers: Readonly<Record<string, () => nn.Module>> = {
  "Sequential-numbered": () =>
    new Sequential(
      new nn.Conv2d(4, 3, 3, { bias: false }),
      new nn.BatchNorm2d(3),
      new nn.PReLU({ numParameters: 3 }),
      new nn.AdaptiveAvgPool2d(2),
      new nn.Flatten(),
      new nn.Linear(12, 2),
    ),
  "Sequential-named": () =>
    new Sequential({
      first: new nn.Linear(5, 4),
      tanh: new nn.Tanh(),
      rest: new Sequential(new nn.Linear(4, 3), new nn.LogSoftmax(-1)),
    }),
};

type Constructor = new (...args: readonly unknown[]) => nn.Module;
const named: Readonly<Record<string, unknown>> = { ...nn };

function build({ id, op, params: { args, options } }: Golden): nn.Module {
  if (id in containers) return containers[id]();
  const Layer = named[op] as Constructor;
  return Object.keys(options).length === 0 ? new Layer(...args) : new Layer(...args, options);
}

describe("layers equal PyTorch's: the names and shapes of their states, results and gradients", () => {
  test.each(layerCases)("$id", (golden) => {
    const { inputs, outputs, params } = golden;
    const layer = build(golden).train(params.training);
    const state = under("state:", inputs);
    const shapes = (entries: readonly (readonly [string, { readonly shape: readonly number[] }])[]) =>
      entries.map(([name, { shape }]) => [name, shape]).sort();
    expect(shapes(Object.entries(layer.stateDict()))).toEqual(shapes(state));
    layer.loadStateDict(Object.fromEntries(state.map(([name, x]) => [name, read(x)])));

    const x = variable(read(inputs.x));
    const y = layer.forward(x);
    y.backward(read(inputs.gradY));
    expectClose(y.value, outputs.y, golden, "y");
    expectClose(x.grad?.value, outputs.gradX, golden, "gradX");
    const gradients = Object.fromEntries(layer.namedParameters().map(([name, { grad }]) => [name, grad?.value]));
    const expected = under("grad:", outputs);
    expect(Object.keys(gradients).sort()).toEqual(expected.map(([name]) => name).sort());
    for (const [name, x] of expected) expectClose(gradients[name], x, golden, `gradient of ${name}`);
    const after = layer.stateDict();
    for (const [name, x] of under("after:", outputs)) expectClose(after[name], x, golden, `${name} afterwards`);
  });
});

describe("losses with these options equal PyTorch's", () => {
  test.each(cases.filter(({ op }) => op in losses))("$id", (golden) => {
    const { inputs, outputs, params } = golden;
    const {
      x: given,
      target,
      gradY,
      ...weights
    } = Object.fromEntries(Object.entries(inputs).map(([name, x]) => [name, read(x)]));
    const x = variable(given);
    const y = losses[golden.op as keyof typeof losses](x, target, { ...params, ...weights });
    y.backward(gradY);
    expectClose(y.value, outputs.y, golden, "y");
    expectClose(x.grad?.value, outputs.gradX, golden, "gradX");
  });
});

/** Tested by hand; no forward of its own; anybody's function; not in PyTorch; goldens of its own. */
const ELSEWHERE = ["PixelShuffle", "PixelUnshuffle", "ModuleList", "Lambda", "LPPool3d", "Upsample"];

test("every layer has a case", () => {
  const isLayer = (value: unknown) => typeof value === "function" && value.prototype instanceof Module;
  const layers = Object.entries(named).flatMap(([name, value]) => (isLayer(value) ? [name] : []));
  const tested = new Set([...layerCases.map(({ op }) => op), ...ELSEWHERE]);
  expect(layers.filter((name) => !tested.has(name))).toEqual([]);
});
