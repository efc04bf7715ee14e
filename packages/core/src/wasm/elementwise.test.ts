import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { arange, tensor } from "../create.js";
import { cpu } from "../device/cpu.js";
import * as core from "../index.js";
import { sizeOf } from "../shape.js";
import type { Device, Tensor } from "../tensor.js";
import { FEW } from "./elementwise.js";

/** The plain kernels: the specification. */
const plain: Device = { ...cpu, name: "plain" };

const { NaN: nan, POSITIVE_INFINITY: most, NEGATIVE_INFINITY: least } = Number;
const SPECIAL = [0, -0, 1, -1, 0.5, -0.5, 2, -2, 3, -3, most, least, nan, 1e-45, -1e-45, 1e-38, -1e-38, 1e-4, 3.4e38, -3.4e38, 88.7, 88.8, -87.4, -103.9, -104, -150, 16777217, 2.5, -13.5, 20, 20.5]; // biome-ignore format: one line

/** Sizes that no vector, chunk or line of the cache divides, and such that they do. */
const SIZES = [0, 1, 3, 4, 5, 63, 64, FEW - 1, FEW, FEW + 1, 1000, 16_384, 16_387, 70_001, 600_011];

/** Numbers of all magnitudes, special ones among them. */
function values(size: number, seed = 1): Float32Array<ArrayBuffer> {
  let state = seed;
  return Float32Array.from({ length: size }, (_, i) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    if (i % 7 === 3) return SPECIAL[((i / 7) % SPECIAL.length) | 0];
    const unit = state / 2 ** 31 - 1;
    return i % 2 === 0 ? 8 * unit : unit * 10 ** ((state >>> 8) % 12) * 1e-6;
  });
}

/** The largest distance between results and their exact values, in units of the last place; Infinity for a wrong special value. */
function ulps(got: ArrayLike<number>, exact: ArrayLike<number>): number {
  let worst = 0;
  for (let i = 0; i < exact.length; i++) {
    const rounded = Math.fround(exact[i]);
    if (Object.is(got[i], rounded)) continue;
    if (!Number.isFinite(got[i]) || !Number.isFinite(rounded) || (got[i] === 0 && rounded === 0)) return most;
    const size = Math.abs(exact[i]);
    const ulp = size < 2 ** -126 ? 2 ** -149 : 2 ** (Math.floor(Math.log2(size)) - 23);
    worst = Math.max(worst, Math.abs(got[i] - exact[i]) / ulp);
  }
  return worst;
}

/** Equal to the last bit, NaN to NaN. Faster than toEqual. */
function expectSame(got: ArrayLike<number>, expected: ArrayLike<number>): void {
  expect(got.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) {
    if (!Object.is(got[i], expected[i])) expect([i, got[i]]).toEqual([i, expected[i]]);
  }
}

type Map = (x: Tensor) => Tensor;

/** Maps that are the plain ones to the last bit. */
const EQUAL: Readonly<Record<string, Map>> = {
  neg: core.neg,
  abs: core.abs,
  sqrt: core.sqrt,
  step: core.step,
  relu: core.relu,
  leakyRelu: (x) => core.leakyRelu(x, { negativeSlope: 0.01 }),
  square: (x) => core.pow(x, 2),
  "cast to float32": (x) => core.cast(int32(x), "float32"),
};

/** Maps that are near the exact ones: how many units in the last place. */
const NEAR: Readonly<Record<string, readonly [map: Map, ulps: number, exact?: (x: number) => number]>> = {
  exp: [core.exp, 0.9],
  log: [core.log, 0.85],
  sigmoid: [core.sigmoid, 1.6],
  silu: [core.silu, 1.6],
  tanh: [core.tanh, 1.4],
  erf: [core.erf, 0.6],
  gelu: [(x) => core.gelu(x), 0.6],
  // by tanh the plain kernel loses the digits of the tail below 0: this is x·σ(2g), which keeps them
  "gelu by tanh": [(x) => core.gelu(x, { approximate: "tanh" }), 0.6, geluByTanh],
  elu: [(x) => core.elu(x, { alpha: 0.7 }), 0.51],
  selu: [core.selu, 0.51],
  softplus: [core.softplus, 0.6],
  "softplus with options": [(x) => core.softplus(x, { beta: 1.7, threshold: 3 }), 0.6],
  "softplus of a negative beta": [(x) => core.softplus(x, { beta: -2 }), 0.6],
  cube: [(x) => core.pow(x, 3), 0.51],
  "power 1.5": [(x) => core.pow(x, 1.5), 0.51],
  "power −½": [(x) => core.pow(x, -0.5), 0.51],
  "power ∞": [(x) => core.pow(x, most), 0.51],
  "power NaN": [(x) => core.pow(x, nan), 0.51],
  "power 0": [(x) => core.pow(x, 0), 0.51],
  "2 to the power": [(x) => core.pow(2, x), 0.51],
  "−2 to the power": [(x) => core.pow(-2, x), 0.51],
};

function geluByTanh(x: number): number {
  if (x === least) return nan;
  return x / (1 + Math.exp(-2 * Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
}

function int32(x: Tensor): Tensor {
  const bits = new Int32Array((x.dataSync() as Float32Array<ArrayBuffer>).buffer);
  return tensor(bits, x.shape).to(x.device);
}

const exactly = ([map, , exact]: (typeof NEAR)[string], x: Float32Array): ArrayLike<number> =>
  exact === undefined
    ? map(tensor(Float64Array.from(x), [x.length])).dataSync()
    : Float64Array.from(x as ArrayLike<number>, exact);

afterAll(() => cpu.configure({ threads: 1 }));

test("the tests run in WebAssembly", () => {
  expect(cpu.info().kernels).toBe("wasm");
});

describe("maps of single elements", () => {
  test.each(Object.entries(EQUAL))("%s equals the plain kernel, whatever the size", (_, map) => {
    for (const size of SIZES) {
      const x = tensor(values(size), [size]);
      expectSame(map(x).dataSync(), map(x.to(plain)).dataSync());
    }
  });

  test.each(Object.entries(NEAR))("%s is as exact as stated, whatever the size", (_, near) => {
    for (const size of SIZES) {
      const x = values(size);
      const y = near[0](tensor(x, [size])).dataSync();
      if (size >= FEW) expect(ulps(y, exactly(near, x))).toBeLessThan(near[1]);
      else expectSame(y, near[0](tensor(x, [size]).to(plain)).dataSync());
    }
  });

  test.each(Object.entries(NEAR))("%s is as exact as stated on all float32, by samples", (_, near) => {
    const x = new Float32Array(Uint32Array.from({ length: 2 ** 17 }, (_, i) => 32749 * i).buffer);
    expect(ulps(near[0](tensor(x, [x.length])).dataSync(), exactly(near, x))).toBeLessThan(near[1]);
  });

  test.each(["exp", "log", "sigmoid", "silu", "tanh", "elu", "gelu", "softplus"])(
    "%s keeps its digits around 0 and 1",
    (name) => {
      for (const center of [0, 1]) {
        const x = Float32Array.from({ length: 20_001 }, (_, i) => center + (i - 10_000) * 1e-6);
        expect(ulps(NEAR[name][0](tensor(x, [x.length])).dataSync(), exactly(NEAR[name], x))).toBeLessThan(
          NEAR[name][1],
        );
      }
    },
  );

  test("float64 and int32 run on the plain kernels", () => {
    const x = Float64Array.from({ length: 1000 }, (_, i) => i / 7 - 50);
    expectSame(core.exp(tensor(x, [1000])).dataSync(), x.map(Math.exp));
    const whole = core.sub(core.cast(arange(1000), "int32"), 500);
    expectSame(
      core.relu(whole).dataSync(),
      whole.dataSync().map((v) => Math.max(v, 0)),
    );
  });

  test("cast to int32 cuts fractions off, and refuses what int32 cannot hold", () => {
    const x = Float32Array.from({ length: 1001 }, (_, i) => 2 ** 31 * (i / 500 - 1)).subarray(0, 1000);
    const y = core.cast(tensor(x, [1000]), "int32");
    expect(y.dtype).toBe("int32");
    expectSame(y.dataSync(), x.map(Math.trunc));
    const small = x.map((v) => v / 2 ** 25);
    expectSame(core.cast(tensor(small, [1000]), "int32").dataSync(), Int32Array.from(small));
    for (const wrong of [nan, most, least, 2 ** 31, -(2 ** 31) - 256]) {
      const bad = Float32Array.from(x).fill(wrong, 700, 701);
      expect(() => core.cast(tensor(bad, [1000]), "int32")).toThrow(`x has the element ${wrong}`);
    }
  });
});

type PairMap = (a: Tensor, b: Tensor) => Tensor;

const PAIRS: Readonly<Record<string, PairMap>> = {
  add: core.add,
  sub: core.sub,
  mul: core.mul,
  div: core.div,
  maximum: core.maximum,
  minimum: core.minimum,
  where: (a, b) => core.where(a, b, a),
  "where of int32": (a, b) => core.where(core.cast(core.step(a), "int32"), a, b),
};

const of = (shape: readonly number[], seed: number): Tensor => tensor(values(sizeOf(shape), seed), shape);

const SHAPES: readonly (readonly [name: string, a: readonly number[], b: readonly number[]])[] = [
  ["one shape", [3, 401], [3, 401]],
  ["a scalar", [2, 3, 50], []],
  ["a scalar first", [], [2, 3, 50]],
  ["a number for each channel", [4, 3, 14, 14], [3, 1, 1]],
  ["a number for each channel, odd images", [4, 5, 7, 9], [5, 1, 1]],
  ["a number for each image", [40, 3, 7], [40, 1, 1]],
  ["a row for all", [129, 10], [10]],
  ["a short row for all", [200, 3], [3]],
  ["a column for all", [100, 33], [100, 1]],
  ["a row and a column", [1, 65], [77, 1]],
  ["unequal ranks", [4, 1, 9], [2, 5, 1, 3, 9]],
  ["axes in between", [5, 1, 6, 1, 7], [1, 3, 1, 4, 1]],
  ["many chunks", [50, 37, 31], [37, 1]],
  ["no elements", [0, 3], [1, 3]],
];

describe("maps of pairs", () => {
  test.each(SIZES)("of one shape, %s elements", (size) => {
    const [a, b] = [of([size], 1), of([size], 2)];
    for (const map of Object.values(PAIRS)) expectSame(map(a, b).dataSync(), map(a.to(plain), b.to(plain)).dataSync());
  });

  test.each(SHAPES)("%s", (_, aShape, bShape) => {
    const [a, b] = [of(aShape, 3), of(bShape, 4)];
    for (const map of Object.values(PAIRS)) {
      expectSame(map(a, b).dataSync(), map(a.to(plain), b.to(plain)).dataSync());
      expectSame(map(b, a).dataSync(), map(b.to(plain), a.to(plain)).dataSync());
    }
  });

  const axis = fc.record({ length: fc.integer({ min: 1, max: 7 }), ofA: fc.boolean(), ofB: fc.boolean() });
  const axes = fc.array(axis, { minLength: 1, maxLength: 6 });

  test("all shapes that broadcast", () => {
    fc.assert(
      fc.property(axes, fc.nat(6), fc.constantFrom(...Object.values(PAIRS)), (all, missing, map) => {
        const aShape = all.map(({ length, ofA }) => (ofA ? length : 1));
        const bShape = all.map(({ length, ofB }) => (ofB ? length : 1)).slice(missing);
        const [a, b] = [of(aShape, 5), of(bShape, 6)];
        expectSame(map(a, b).dataSync(), map(a.to(plain), b.to(plain)).dataSync());
      }),
      { numRuns: 300 },
    );
  });

  test("where of three shapes", () => {
    const [condition, a, b] = [of([6, 1, 9], 7), of([5, 1], 8), of([4, 1, 5, 9], 9)];
    const expected = core.where(condition.to(plain), a.to(plain), b.to(plain));
    expectSame(core.where(condition, a, b).dataSync(), expected.dataSync());
  });

  test("where of int32, and of float32 and int32", () => {
    const [condition, a, b] = [of([30, 31], 7), core.cast(arange(31), "int32"), core.cast(arange(30), "int32")];
    const column = core.reshape(b, [30, 1]);
    for (const [left, right] of [
      [a, column],
      [a, core.cast(column, "float32")],
    ]) {
      // biome-ignore format: one line
      const y = core.where(condition, left, right);
      expect(y.dtype).toBe(right.dtype);
      expectSame(y.dataSync(), core.where(condition.to(plain), left.to(plain), right.to(plain)).dataSync());
    }
  });

  test("more axes than a job has words for", () => {
    const shape = Array.from({ length: 64 }, (_, i) => (i > 54 ? 2 : 1));
    const [a, b] = [of(shape, 1), of(shape.map((length, i) => (i % 2 === 0 ? 1 : length)), 2)]; // biome-ignore format: one line
    expectSame(core.add(a, b).dataSync(), core.add(a.to(plain), b.to(plain)).dataSync());
  });

  test("powers of all kinds of numbers by all kinds of exponents", () => {
    const [a, b] = [of([300, 1], 1), of([1, 300], 2)];
    const special = tensor(
      Float32Array.from({ length: 300 }, (_, i) => SPECIAL[i % SPECIAL.length]),
      [300, 1],
    );
    for (const base of [a, special]) {
      for (const exponent of [b, core.reshape(special, [1, 300])]) {
        const exact = core.pow(core.cast(base, "float64"), core.cast(exponent, "float64"));
        expect(ulps(core.pow(base, exponent).dataSync(), exact.dataSync())).toBeLessThan(0.51);
      }
    }
  });
});

test("results are the same for any number of threads, to the last bit", async () => {
  const [x, y, bias, row] = [of([300_007], 1), of([9, 37, 31, 29], 2), of([37, 1, 1], 3), of([29], 4)];
  const all = () => [
    ...[...Object.values(EQUAL), ...Object.values(NEAR).map(([map]) => map)].map((map) => map(x).dataSync()),
    ...[...Object.values(PAIRS), core.pow].flatMap((map) => [map(y, bias).dataSync(), map(row, y).dataSync()]),
  ];
  await cpu.configure({ threads: 1 });
  const alone = all();
  for (const threads of [2, 3]) {
    expect((await cpu.configure({ threads })).threads).toBe(threads);
    all().forEach((values, i) => {
      expectSame(values, alone[i]);
    });
  }
});

test("ordinary arrays and such that are in WebAssembly's memory meet", async () => {
  const [big, few] = [values(4096, 1), values(64, 2)];
  const [x, row] = [tensor(big, [64, 64]), tensor(few, [64])];
  const expected = core.add(x.to(plain), row.to(plain)).dataSync();
  expectSame(core.add(x, row).dataSync(), expected);
  await cpu.configure({ memory: 1 }); // no room: every array is an ordinary one
  expectSame(core.add(tensor(big, [64, 64]), row).dataSync(), expected);
  expectSame(core.add(x, tensor(few, [64])).dataSync(), expected); // and x is in a memory of before
  expectSame(core.exp(tensor(big, [4096])).dataSync(), core.exp(x).dataSync());
  await cpu.configure({ memory: 2 ** 30 });
});
