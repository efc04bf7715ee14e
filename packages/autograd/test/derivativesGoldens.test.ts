import { tensor } from "@conv/core";
import { allClose } from "@conv/core/testing";
import { type Golden, type GoldenTensor, goldens } from "@tooling/goldens";
import { describe, expect, test } from "vitest";
import * as autograd from "../src/index.js";
import { add, grad, mul, sum, type Variable } from "../src/index.js";
import { NOT_OPERATORS } from "./derivatives/names.js";
import { gradientName, leaf, type Run, runners } from "./goldenRunners.js";

// Second derivatives too equal PyTorch's, in float64, on purpose also at kinks, ties and edges.

/** Operators of which only this set has cases. */
const more: Readonly<Record<string, Run>> = {
  convAdjointX: ({ g, w }, { kernelSize: _, ...options }) => ({ y: autograd.convAdjointX(g, w, options) }),
  convAdjointW: ({ x, g }, options) => ({ y: autograd.convAdjointW(x, g, options) }),
  convMatrix: ({ w }, { kernelSize: _, ...options }) => ({ y: autograd.convMatrix(w, options) }),
  padAdjoint: ({ g }, { padding, paddingMode: mode, inSize }) => ({
    y: autograd.padAdjoint(g, padding, { mode, inSize }),
  }),
  maxPoolAdjoint: ({ g, index }, options) => ({ y: autograd.maxPoolAdjoint(g, index.value, options) }),
  avgPoolAdjoint: ({ g }, { kernelSize, ...options }) => ({ y: autograd.avgPoolAdjoint(g, kernelSize, options) }),
  adaptiveAvgPoolAdjoint: ({ g }, options) => ({ y: autograd.adaptiveAvgPoolAdjoint(g, options) }),
  globalAvgPool: ({ x }) => ({ y: autograd.globalAvgPool(x) }),
  globalMaxPool: ({ x }) => ({ y: autograd.globalMaxPool(x) }),
  lpPool: ({ x }, { normType, kernelSize, ...options }) => ({ y: autograd.lpPool(x, normType, kernelSize, options) }),
  lpPool3d: ({ x }, { normType, kernelSize, ...options }) => ({
    y: autograd.lpPool3d(x, normType, kernelSize, options),
  }),
  pow: ({ a, b }, params) => ({ y: autograd.pow(a ?? params.a, b ?? params.b) }),
  reshape: ({ x }, { shape }) => ({ y: autograd.reshape(x, shape) }),
  cast: ({ x }, { dtype }) => ({ y: autograd.cast(x, dtype) }),
};

const all = { ...runners, ...more };
const cases = goldens("derivatives");

/** λ·α of `selu`. */
const SELU = 1.0507009873554805 * 1.6732632423543772;

/**
 * Where a curve bends at once: there PyTorch takes the first derivative from below, but the second from above, which is
 * 0. Ours are both from below: this one is the second.
 */
const kinks: Readonly<Record<string, (params: Golden["params"]) => { readonly at: number; readonly second: number }>> =
  {
    elu: ({ alpha }) => ({ at: 0, second: alpha }),
    selu: () => ({ at: 0, second: SELU }),
    softplus: ({ beta, threshold }) => ({
      at: threshold / beta,
      second: beta / (2 + Math.exp(threshold) + Math.exp(-threshold)),
    }),
  };

/** A name with a capital, after a word: alongX, secondGradY. */
const named = (word: string, name: string) => gradientName(name).replace("grad", word);

/** An input: float64 and a leaf, but for the indices. */
const input = (x: GoldenTensor) => leaf(x, x.values instanceof Int32Array ? "int32" : "float64");

/** The operator's y, its gradients, and the gradients of s = Σ ⟨gradient, direction⟩, by their names in the set. */
function derivativesOf({ op, params, inputs }: Golden): Record<string, Variable> {
  const names = Object.keys(inputs).filter((name) => named("along", name) in inputs);
  const given = Object.entries(inputs).filter(([name]) => name !== "gradY" && !name.startsWith("along"));
  const variables = Object.fromEntries(given.map(([name, x]) => [name, input(x)]));
  const leaves = names.map((name) => variables[name]);
  const { y } = all[op](variables, params);
  const gradY = autograd.variable(tensor(inputs.gradY.values, inputs.gradY.shape, { dtype: y.dtype }));
  const first = grad(y, leaves, { gradY, createGraph: true });
  const s = first
    .map((gradient, i) => sum(mul(gradient, input(inputs[named("along", names[i])]))))
    .reduce((a, b) => add(a, b));
  const second = grad(s, [...leaves, gradY]);
  return {
    y,
    ...Object.fromEntries(names.map((name, i) => [gradientName(name), first[i]])),
    ...Object.fromEntries([...names, "gradY"].map((name, i) => [named("second", name), second[i]])),
  };
}

/** The numbers of an output, which is kept as two halves, and their shape. */
function whole({ values, shape: [, ...shape] }: GoldenTensor) {
  const size = values.length / 2;
  return { shape, numbers: Float64Array.from({ length: size }, (_, i) => values[i] + values[size + i]) };
}

/** PyTorch's secondX, but at kinks of these operators ours. */
function secondXOf({ op, params, inputs }: Golden, numbers: Float64Array): Float64Array {
  const { at, second } = kinks[op](params);
  const { x, gradY, alongX } = inputs;
  return numbers.map((number, i) => {
    if (x.values[i] !== at) return number;
    expect(number).toBe(0); // what PyTorch says; with another answer the exception may go
    return gradY.values[i] * alongX.values[i] * second;
  });
}

describe("first and second derivatives equal PyTorch's", () => {
  test.each(cases)("$id", (golden) => {
    const got = derivativesOf(golden);
    expect(Object.keys(got)).toEqual(Object.keys(golden.outputs));
    for (const [name, output] of Object.entries(golden.outputs)) {
      const { shape, numbers } = whole(output);
      expect(got[name].shape, name).toEqual(shape);
      const expected = name === "secondX" && golden.op in kinks ? secondXOf(golden, numbers) : numbers;
      expect(allClose(got[name].value, expected, golden.tolerance), name).toBeUndefined();
    }
  });
});

/** Linear operators whose gradients are in a set of their own: those of the gradients are these maps again. */
const linear = ["interpolate", "interpolateAdjoint"];

test("every operator of the package has cases, and every operator of the cases is run", () => {
  const ops = new Set(cases.map(({ op }) => op));
  expect([...ops].filter((op) => !(op in all))).toEqual([]);
  const withIndices = Object.keys(autograd).filter((name) => name.endsWith("WithIndices")); // run as the pool without
  expect([...ops, ...withIndices, ...linear, ...NOT_OPERATORS].sort()).toEqual(Object.keys(autograd).sort());
});
