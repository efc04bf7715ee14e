import { readdirSync, readFileSync } from "node:fs";
import { tensor } from "@conv/core";
import { type Golden, goldens } from "@tooling/goldens";
import { describe, expect, test } from "vitest";
import { maxPool2d, relu, variable } from "../src/index.js";
import { check, gradientName, gradientsOf, runners } from "./goldenRunners.js";

/** The sets whose every case has a test here. */
const SETS = ["conv1d", "conv2d", "conv3d", "convTranspose2d", "pool", "basics", "interpolate"];

/** The sets that have tests of their own, in this package and in that of the layers. */
const OTHERS = {
  more: "moreGoldens.test.ts",
  network: "goldensNetwork.test.ts",
  derivatives: "derivativesGoldens.test.ts",
  layers: "../../nn/test/layersGoldens.test.ts",
};

/** Operators with gradients that are no operators of this package, and where those are compared. */
const NN = "../../nn/test/goldens.test.ts";
const ELSEWHERE: Readonly<Record<string, string>> = {
  batchNorm2d: NN,
  layerNorm: NN,
  groupNorm: NN,
  crossEntropy: NN,
  nllLoss: NN,
  mseLoss: NN,
  bceWithLogitsLoss: NN,
};

test("by hand: the comparison fails on a wrong value, a wrong shape, a missing gradient and a missing output", () => {
  const two = { shape: [2], values: Float32Array.of(1, 2) };
  const golden = (outputs: Golden["outputs"]): Golden => ({
    id: "by hand",
    op: "relu",
    params: {},
    inputs: { x: two, gradY: two },
    outputs,
    tolerance: { rtol: 1e-4, atol: 1e-4 },
  });
  const right = { y: two, gradX: two };
  const wrong = { shape: [2], values: Float32Array.of(1, 2.1) };
  const wide = { ...two, shape: [1, 2] };
  const run = (outputs: Golden["outputs"]) => () => check(golden(outputs), runners.relu);
  expect(run(right)).not.toThrow();
  expect(run({ ...right, y: wrong })).toThrow("element [1] is 2");
  expect(run({ ...right, gradX: wrong })).toThrow("element [1] is 2");
  expect(run({ ...right, gradX: wide })).toThrow("gradX");
  expect(run({ ...right, gradW: two })).toThrow("gradW");
  expect(() => check(golden(right), () => ({ y: relu(variable(tensor(two.values))) }))).toThrow("gradX");
  const indices = { shape: [2], values: Int32Array.of(0, 1) };
  const found = (values: number[]) => ({ indices: tensor(Int32Array.from(values)) });
  expect(() => check(golden({ ...right, indices }), ({ x }) => ({ y: relu(x), ...found([0, 1]) }))).not.toThrow();
  expect(() => check(golden({ ...right, indices }), ({ x }) => ({ y: relu(x), ...found([0, 2]) }))).toThrow("indices");
});

describe.each(SETS)("%s: operators and their gradients equal PyTorch's", (set) => {
  test.each(goldens(set))("$id", (golden) => check(golden, runners[golden.op]));

  test("every case has the gradient of every input", () => {
    for (const golden of goldens(set)) {
      const { gradY, ...inputs } = golden.inputs;
      expect(gradY, golden.id).toBeDefined();
      expect(gradientsOf(golden), golden.id).toEqual(Object.keys(inputs).map(gradientName));
    }
  });
});

describe("padding in pixels does what the word does", () => {
  const words = ["conv1d", "conv2d", "conv3d"].flatMap((set) =>
    goldens(set).filter(({ params }) => params.paddingSpec !== undefined),
  );
  test.each(words)("$id", (golden) => {
    check(golden, (inputs, { paddingSpec: _, ...params }) => runners[golden.op](inputs, params));
  });
});

describe("maxPool2d is the y of maxPool2dWithIndices", () => {
  test.each(goldens("pool", ["maxPool2d"]))("$id", ({ outputs: { indices: _, ...outputs }, ...golden }) => {
    check({ ...golden, outputs }, ({ x }, { kernelSize, returnIndices: _, ...options }) => ({
      y: maxPool2d(x, kernelSize, options),
    }));
  });
});

test("the cases of convolution cover every padding mode, both words for padding, groups and biases", () => {
  const cases = goldens("conv2d");
  const modes = new Set(cases.map(({ params }) => params.paddingMode));
  const words = new Set(cases.map(({ params }) => params.paddingSpec));
  expect([...modes].sort()).toEqual(["circular", "mean", "reflect", "replicate", "zeros"]);
  expect(words).toEqual(new Set([undefined, "same", "valid"]));
  expect(cases.filter(({ params }) => params.groups > 1).length).toBeGreaterThan(10);
  expect(cases.filter(({ inputs }) => inputs.b !== undefined).length).toBeGreaterThan(10);
});

describe("no gradient of the fixtures is left out", () => {
  const read = (path: string) => readFileSync(new URL(path, import.meta.url), "utf8");
  const files = readdirSync(new URL("../../../fixtures/", import.meta.url));
  const sets = files.flatMap((file) => /^(\w+)\.json$/.exec(file)?.[1] ?? []);
  /** The operators of a set that have gradients. */
  const differentiable = (set: string) => [
    ...new Set(goldens(set).flatMap((golden) => (gradientsOf(golden).length > 0 ? [golden.op] : []))),
  ];

  test("every set is tested here, in a file beside this one, or by @conv/nn; those of optimizers, schedules and @conv/data have none", () => {
    const here = [...SETS, ...Object.keys(OTHERS)];
    const rest = sets.filter((set) => !here.includes(set));
    expect(sets).toEqual(expect.arrayContaining(here));
    const others = ["images", "optim", "schedules", "training", "transforms"];
    expect(rest.filter((set) => differentiable(set).length === 0).sort()).toEqual(others);
    expect(rest.flatMap(differentiable).sort()).toEqual(Object.keys(ELSEWHERE).sort());
  });

  test("every operator with gradients in the sets that are tested here has a runner", () => {
    const lacking = [...SETS, "more"].flatMap((set) =>
      differentiable(set)
        .filter((op) => !Object.hasOwn(runners, op))
        .map((op) => `${set}: ${op}`),
    );
    expect(lacking).toEqual([]);
    expect(differentiable("network")).toEqual(["network"]);
  });

  test("the files that are named run them", () => {
    for (const [set, file] of Object.entries(OTHERS)) expect(read(file), file).toContain(`goldens("${set}")`);
    for (const [op, file] of Object.entries(ELSEWHERE))
      expect(read(file), `${op} in ${file}`).toMatch(new RegExp(`\\b${op}\\b`));
  });
});
