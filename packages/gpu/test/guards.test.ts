import {
  add,
  arange,
  argmax,
  avgPool2d,
  BackendError,
  cast,
  concat,
  conv2d,
  createRandom,
  type Device,
  div,
  erf,
  exp,
  full,
  gather,
  gelu,
  log,
  matmul,
  max,
  maximum,
  maxPool2d,
  mean,
  min,
  minimum,
  mul,
  pad,
  permute,
  pow,
  relu,
  reshape,
  sigmoid,
  slice,
  softplus,
  sqrt,
  stack,
  step,
  sub,
  sum,
  type Tensor,
  tanh,
  tensor,
  where,
  zeros,
} from "@conv/core";
import { gatherAdjoint } from "@conv/core/kernels";
import { allClose, plain } from "@conv/core/testing";
import { afterAll, describe, expect, test } from "vitest";
import { openBackend } from "../src/backend.js";
import { createGpu } from "../src/index.js";
import type { GpuMode } from "../src/mode.js";
import { describeMode, modesInNode } from "./modes.js";

// gpu.js fails in silence: it stops long loops, reads beyond arrays, counts wrong, runs elsewhere, and makes numbers of NaN.
// Here each of these traps is walked into, through what a user calls: an error or a right answer must come out.

const random = createRandom(2);
const [inf, nan] = [Number.POSITIVE_INFINITY, Number.NaN];

const guards = async (mode: GpuMode) => {
  const gpu = await createGpu({ mode });
  afterAll(() => gpu.destroy());
  const on = (values: Parameters<typeof tensor>[0], shape?: number[]) => tensor(values, shape).to(gpu);
  const valuesOf = async (y: Tensor) => [...(await y.data())];
  const int = (values: number[], device: Device = gpu) => tensor(Int32Array.from(values), [values.length]).to(device);

  /** The device and the plain kernels in float64 agree. */
  const expectSame = async (
    compute: (...xs: Tensor[]) => Tensor,
    inputs: readonly Tensor[],
    tolerance: { rtol: number; atol: number } = { rtol: 1e-5, atol: 1e-6 },
  ) => {
    const there = inputs.map((x) => x.to(gpu));
    const y = compute(...there);
    const got = tensor(await y.data(), y.shape, { dtype: y.dtype });
    for (const x of [...there, y]) x.dispose();
    const exact = inputs.map((x) => (x.dtype === "float32" ? cast(x, "float64") : x).to(plain));
    expect(allClose(got, compute(...exact).dataSync(), tolerance)).toBeUndefined();
  };
  const EXACT = { rtol: 0, atol: 0 };

  describe("tensors that are not here", () => {
    test("of the cpu, and of another such device", async () => {
      const other = await createGpu({ mode: "cpu" });
      const x = on([1, 2]);
      expect(() => add(x, tensor([1, 2]))).toThrow(
        /add: its tensors live on two devices, gpu \(\w+\) and cpu\. Move one/,
      );
      expect(() => add(tensor([1, 2]).to(other), x)).toThrow(BackendError);
      expect(() => conv2d(on([1], [1, 1, 1, 1]), tensor([1], [1, 1, 1, 1]))).toThrow("two devices");
      expect(() => x.to(other)).toThrow("cannot be read at once");
      await other.destroy();
    });

    test("disposed of, or views of such", async () => {
      const x = on([1, 2, 3, 4]);
      const view = reshape(x, [2, 2]);
      x.dispose();
      expect(() => relu(x)).toThrow("was disposed of and has no elements any more");
      await expect(x.data()).rejects.toThrow("was disposed of");
      expect(await valuesOf(relu(view))).toEqual([1, 2, 3, 4]); // the elements are there until their last view goes
      view.dispose();
      expect(() => relu(view)).toThrow("was disposed of");
      expect(() => slice(view, { end: 0 })).toThrow("was disposed of"); // though there is nothing to compute
    });

    test("of a device that was destroyed", async () => {
      const gone = await createGpu({ mode });
      const x = tensor([1, 2]).to(gone);
      await x.data();
      await gone.destroy();
      await gone.destroy();
      await expect(x.data()).rejects.toThrow(
        `data: the device ${mode} was destroyed. Make another: await createGpu().`,
      );
      await expect(add(x, 1).data()).rejects.toThrow("was destroyed");
      x.dispose();
      expect(gone.info()).toMatchObject({ mode });
      await gone.finish();
      expect(await valuesOf(on([3]))).toEqual([3]); // others live on
    });

    test("read at once", () => {
      expect(() => on([1]).dataSync()).toThrow("dataSync: the elements are on the device");
      expect(() => on([1]).item()).toThrow("Use await x.data()");
    });

    test("for a kernel that a device lacks", () => {
      const { relu: _, ...rest } = gpu.kernels;
      const poor: Device = { ...gpu, name: "poor", kernels: rest };
      expect(() => relu(tensor([1]).to(poor))).toThrow("relu: the device poor has no such kernel. Compute on the cpu");
    });
  });

  describe("element types", () => {
    test("float64 is refused on its way here, and as a result", () => {
      const x = tensor([1], [1], { dtype: "float64" });
      expect(() => x.to(gpu)).toThrow(
        `the device gpu (${mode}) has no float64. Use cast(x, "float32") before it goes there.`,
      );
      expect(() => zeros([1], { dtype: "float64", device: gpu })).toThrow("has no float64");
      expect(() => cast(on([1]), "float64")).toThrow(
        `cast: the device gpu (${mode}) has no float64. Compute in float32, or on the cpu.`,
      );
    });

    test("int32 that float32 cannot hold is refused", async () => {
      expect(() => int([2 ** 24])).toThrow("holds int32 below ±2^24 only, in float32, but x has the element 16777216");
      expect(() => int([-(2 ** 31)])).toThrow("-2147483648");
      const largest = 2 ** 24 - 1;
      expect(await valuesOf(int([largest, -largest]))).toEqual([largest, -largest]);
    });

    test("int32 that grows too large is refused when it is read, and after further maps", async () => {
      const most = int([2 ** 24 - 1, 5]);
      const refusal = /data: the device gpu \(\w+\) holds int32 below ±2\^24 only, but element 0 became/;
      for (const y of [
        add(most, int([1, 1])), // 2^24 itself: also what float32 makes of 2^24 + 1
        add(most, int([2, 1])),
        mul(most, int([3, 1])),
        sub(int([-(2 ** 24) + 1, 0]), most),
        sub(add(most, most), most), // comes back, but was rounded on its way
        relu(add(most, most)),
        maximum(add(most, most), int([0, 0])),
        argmax(add(int([2 ** 24 - 1, 2 ** 24 - 1]), int([1, 2]))), // which of them is larger is not known any more
        sum(int([2 ** 24 - 1, 1, -5])),
        sum(sub(int([2 ** 24 - 1, 1, -5]), int([0, 0, 2])), { keepDim: true }),
        cast(on([1e10, 1]), "int32"),
        cast(on([nan, 1]), "int32"),
        cast(on([-inf, 1]), "int32"),
        sub(cast(on([1e10, 1]), "int32"), cast(on([1e10, 1]), "int32")),
      ]) {
        await expect(y.data()).rejects.toThrow(refusal);
      }
      expect(await valuesOf(sub(most, int([1, 5])))).toEqual([2 ** 24 - 2, 0]);
      expect(await valuesOf(sum(int([2 ** 24 - 1, -1, 1, -7])))).toEqual([2 ** 24 - 8]);
      const ones = Array.from({ length: 4097 }, () => 4000); // 16 388 000
      expect(await valuesOf(sum(int(ones)))).toEqual([16_388_000]);
      await expect(sum(int([...ones, ...ones])).data()).rejects.toThrow(refusal);
    });

    test("sums of int32 in adjoints are watched as well", async () => {
      const geometry = { outer: 1, length: 2, count: 3, inner: 1, xShape: [2], yShape: [3] };
      const gradX = gatherAdjoint(int([2 ** 24 - 1, 1, -5]), int([0, 0, 0]), geometry);
      await expect(gradX.data()).rejects.toThrow("element 0 became");
    });
  });

  describe("long sums", () => {
    test.each([1001, 1500, 4097, 100_003])("of %i terms", async (n) => {
      expect(await valuesOf(sum(full([n], 1).to(gpu)))).toEqual([n]);
      await expectSame((x) => sum(x), [random.uniform([n])]);
      await expectSame((x) => sum(x, { dim: 1 }), [random.uniform([3, n])]);
      await expectSame((x) => sum(x, { dim: 0 }), [random.uniform([n, 3])]);
      const x = arange(n).to(gpu);
      expect(await valuesOf(max(x))).toEqual([n - 1]);
      expect(await valuesOf(min(sub(0, x)))).toEqual([1 - n]);
      expect(await valuesOf(argmax(x))).toEqual([n - 1]);
    });

    test("a loop whose bound is no literal goes on after 1000 rounds, where gpu.js by default ends it", async () => {
      const backend = await openBackend(mode);
      const source = "function k(x, n) { let s = 0; for (let i = 0; i < n; i++) { s += x[0]; } return s; }";
      const result = await backend.compile(source, 1).run([Float32Array.of(2), 5000]);
      expect([...(await backend.read(result, 1))]).toEqual([10_000]);
      await backend.destroy();
    });

    test("of 8 388 593 terms, a prime, that are no integers", async () => {
      await expectSame((x) => mean(x), [random.uniform([8_388_593])]);
    });

    test("a convolution of 1100 channels, and a matmul of depth 5000", async () => {
      const atol = 1e-2; // of sums of 9900 and 5000 products, each about 1
      await expectSame((x, w) => conv2d(x, w, { padding: 1 }), [random.normal([1, 1100, 3, 3]), random.normal([2, 1100, 3, 3])], { rtol: 1e-4, atol }); // biome-ignore format: one line
      await expectSame((a, b) => matmul(a, b), [random.normal([2, 5000]), random.normal([5000, 3])], { rtol: 1e-4, atol }); // biome-ignore format: one line
      const ones = matmul(full([1, 5003], 1).to(gpu), full([5003, 1], 1).to(gpu));
      expect(await valuesOf(ones)).toEqual([5003]);
    });

    test("a window of 1681 pixels", async () => {
      await expectSame((x) => avgPool2d(x, 41), [random.normal([1, 2, 43, 41])]);
      await expectSame((x) => maxPool2d(x, 41), [random.normal([1, 2, 43, 41])]);
    });
  });

  describe("indices", () => {
    test("out of range give NaN, never a neighbour's element", async () => {
      const x = on([1, 2, 3, 4, 5, 6], [2, 3]);
      const index = tensor(Int32Array.of(0, 3, -1, 2, 1, 1_000_000), [2, 3]).to(gpu);
      expect(await valuesOf(gather(x, 1, index))).toEqual([1, nan, nan, 6, 5, nan]);
    });

    test("into nothing give NaN too", async () => {
      const index = tensor(Int32Array.of(0, 1), [2, 1]).to(gpu);
      expect(await valuesOf(gather(zeros([2, 0]).to(gpu), 1, index))).toEqual([nan, nan]);
    });

    test("that are no integers are refused", () => {
      expect(() => gather(on([1, 2]), 0, on([0, 1]))).toThrow("must be int32");
    });
  });

  describe("NaN and infinities", () => {
    const odd = tensor([nan, inf, -inf, 1, -1, -0, 0]);

    test("pass through maps of one element", async () => {
      for (const map of [
        relu,
        exp,
        log,
        sqrt,
        tanh,
        sigmoid,
        (x: Tensor) => softplus(x),
        erf,
        step,
        (x: Tensor) => gelu(x),
      ])
        await expectSame(map, [odd]);
      await expectSame((x) => gelu(x, { approximate: "tanh" }), [odd]);
      await expectSame((x) => pad(x, [2], { mode: "constant", value: -inf }), [odd], EXACT);
      await expectSame((x) => pad(x, [2], { mode: "constant", value: inf }), [odd], EXACT);
    });

    test("and of two", async () => {
      const [a, b] = [reshape(odd, [7, 1]), odd];
      for (const map of [add, sub, mul, div, maximum, minimum, pow]) await expectSame(map, [a, b]);
      await expectSame((x, y) => where(step(x), x, y), [a, b], EXACT);
    });

    test("win in maxima, minima and their places", async () => {
      const rows = tensor([[1, nan, 3], [inf, 2, -inf], [-inf, -inf, -inf], [nan, nan, 1], [3, 3, nan]]); // biome-ignore format: a matrix
      await expectSame((x) => max(x, { dim: 1 }), [rows], EXACT);
      await expectSame((x) => min(x, { dim: 1 }), [rows], EXACT);
      await expectSame((x) => argmax(x, { dim: 1 }), [rows], EXACT);
      await expectSame((x) => maxPool2d(reshape(x, [1, 1, 5, 3]), [1, 3]), [rows], EXACT);
      const far = tensor(Float32Array.from({ length: 5000 }, (_, i) => (i === 4321 ? nan : i)));
      await expectSame((x) => max(x), [far], EXACT); // in two steps
      await expectSame((x) => argmax(x), [far], EXACT);
    });
  });

  describe("extreme numbers", () => {
    const wide = tensor([-1e38, -1e4, -104, -88.8, -88, -50, -20, -9, -5, -3, -1, -0.3, -0.1, -0.01, -1e-4, -1e-10, 1e-30, 1e-10, 1e-4, 0.01, 0.1, 0.3, 1, 3, 5, 9, 15, 20, 50, 88, 88.7, 1e4, 1e38]); // biome-ignore format: a list

    // relative errors: where results are small they have digits too, down to the smallest normal float32
    test.each<[string, (x: Tensor) => Tensor]>([
      ["exp", exp],
      ["tanh", tanh],
      ["sigmoid", sigmoid],
      ["erf", erf],
      ["softplus", (x: Tensor) => softplus(x)],
      ["softplus, sharp", (x: Tensor) => softplus(x, { beta: 5, threshold: 40 })],
      ["gelu", (x: Tensor) => gelu(x)],
    ])("%s has 5 digits everywhere", async (_, map) => {
      await expectSame(map, [wide], { rtol: 1e-5, atol: 1.2e-38 });
    });

    test("powers of negative numbers and of zero", async () => {
      const bases = tensor([[-inf], [-2.5], [-1], [-0.5], [-0], [0], [0.5], [1], [2.5], [inf], [nan]]);
      const exponents = tensor([-inf, -31, -3, -2.5, -2, -1, -0.5, 0, 0.5, 1, 2, 2.5, 3, 31, inf, nan]);
      await expectSame(pow, [bases, exponents]);
    });

    test("logarithms and roots of what has none, and quotients by 0", async () => {
      await expectSame(log, [tensor([-1, -1e-30, -0, 0, 1e-30, inf])]);
      await expectSame(sqrt, [tensor([-1, -1e-30, -0, 0, 1e-30, inf])]);
      await expectSame(div, [tensor([[1], [-1], [0], [inf]]), tensor([0, 2, inf])]);
    });
  });

  test("more tensors than a kernel takes", async () => {
    const many = Array.from({ length: 60 }, (_, t) => random.normal([2, 1 + (t % 3), 2]));
    await expectSame((...xs) => concat(xs, 1), many, EXACT);
    await expectSame((...xs) => stack(xs, -1), many.filter(({ shape }) => shape[1] === 2), EXACT); // biome-ignore format: one line
  });

  test("kernels that differ in one number only are two", async () => {
    for (const value of [inf, -inf, 1, -1, 2 ** -20, 0]) {
      await expectSame((x) => pad(x, [1], { mode: "constant", value }), [tensor([5])], EXACT);
    }
    for (const [rows, columns] of [
      [12, 1],
      [1, 12],
      [6, 2],
      [2, 6],
      [3, 4],
      [4, 3],
    ]) {
      await expectSame((x) => permute(x, [1, 0]), [reshape(arange(12), [rows, columns])], EXACT);
      await expectSame((x) => sum(x, { dim: 1 }), [reshape(arange(12), [rows, columns])], EXACT);
      await expectSame((x, y) => add(x, y), [reshape(arange(12), [rows, columns]), arange(columns)], EXACT);
    }
  });

  test("no elements", async () => {
    const none = zeros([0, 3]).to(gpu);
    expect(await valuesOf(none)).toEqual([]);
    for (const map of [
      relu,
      exp,
      (x: Tensor) => add(x, 1),
      (x: Tensor) => sum(x, { dim: 1 }),
      (x: Tensor) => permute(x, [1, 0]),
    ]) {
      const y = map(none);
      expect([y.size, await valuesOf(y)]).toEqual([0, []]);
    }
    expect(await valuesOf(sum(none, { dim: 0 }))).toEqual([0, 0, 0]);
    expect(await valuesOf(matmul(permute(none, [1, 0]), zeros([0, 1]).to(gpu)))).toEqual([0, 0, 0]);
    expect(await valuesOf(concat([none, on([1, 2, 3], [1, 3])], 0))).toEqual([1, 2, 3]);
    expect(conv2d(zeros([0, 2, 4, 4]).to(gpu), zeros([3, 2, 3, 3]).to(gpu)).shape).toEqual([0, 3, 2, 2]);
    expect(maxPool2d(zeros([0, 2, 4, 4]).to(gpu), 2).shape).toEqual([0, 2, 2, 2]);
    expect(() => max(none)).toThrow("no elements to choose from");
    none.dispose();
    expect(() => relu(none)).toThrow("was disposed of");
  });

  // Beyond 2^24, and in quotients before, float32 cannot count: with odd sizes an index that is one off shows.
  // webasm, whose numbers are those of cpu, takes long.
  describe.skipIf(mode === "webasm")("many elements", () => {
    const [rows, columns] = [2999, 2797]; // 8 388 203, just below 2^23
    const x = () => tensor(Float32Array.from({ length: rows * columns }, (_, i) => i), [rows, columns]); // biome-ignore format: one line

    /** Compares with the cpu, exactly. */
    const expectExact = async (compute: (...xs: Tensor[]) => Tensor, ...inputs: Tensor[]) => {
      const there = inputs.map((t) => t.to(gpu));
      const y = compute(...there);
      const got = await y.data();
      for (const t of [...there, y]) t.dispose();
      const expected = compute(...inputs).dataSync();
      let wrong = got.length === expected.length ? -1 : 0;
      for (let i = 0; i < expected.length && wrong < 0; i++) if (got[i] !== expected[i]) wrong = i;
      expect(wrong < 0 ? "equal" : `element ${wrong} is ${got[wrong]}, expected ${expected[wrong]}`).toBe("equal");
    };

    test("2999×2797: transposed, cut, padded, joined, broadcast, taken at indices", async () => {
      const t = x();
      await expectExact((a) => permute(a, [1, 0]), t);
      await expectExact((a) => slice(a, { dim: 1, start: 1, step: 3 }), t);
      await expectExact((a) => pad(slice(a, { end: 2900 }), [[3, 5], [7, 1]]), t); // biome-ignore format: one line
      await expectExact((a) => concat([slice(a, { dim: 1, end: 1001 }), slice(a, { dim: 1, start: 1001 })], 1), t);
      await expectExact((a, b) => add(a, b), t, reshape(arange(rows), [rows, 1]));
      await expectExact((a) => max(a, { dim: 0 }), t);
      await expectExact((a) => argmax(a, { dim: 1 }), t);
      await expectExact((a, b) => gather(a, 1, b), t, tensor(Int32Array.from({ length: rows * 7 }, (_, i) => (i * 997) % columns), [rows, 7])); // biome-ignore format: one line
      await expectExact((a) => maxPool2d(reshape(a, [1, 1, rows, columns]), 3, { padding: 1 }), t);
    }, 60_000);

    test("beyond 2^23 they are computed in parts", async () => {
      const batch = 5;
      const large = tensor(Float32Array.from({ length: batch * 1_999_993 }, (_, i) => (i % 1000) - 500), [batch, 1_999_993]); // biome-ignore format: one line
      await expectExact((a) => relu(a), large);
      await expectExact((a, b) => mul(a, b), large, large);
      await expectExact((a, b) => sub(a, b), large, reshape(arange(batch), [batch, 1]));
      await expectExact((a, b) => sub(a, b), large, tensor(Float32Array.from({ length: 1_999_993 }, (_, i) => i % 7)));
      await expectExact((a) => max(a, { dim: 1 }), large);
      await expectExact((a) => max(a, { dim: 0 }), large);
      await expectExact((a) => slice(a, { start: 1, end: 5 }), large);
      await expectExact((a) => concat([a, a], 0), slice(large, { end: 3 }));
      await expectExact((a) => permute(a, [1, 0]), large);
    }, 120_000);

    test("a convolution over a batch of them, and the sums of its channels", async () => {
      const images = tensor(
        Float32Array.from({ length: 9 * 1024 * 1024 }, (_, i) => i % 5),
        [9, 1, 1024, 1024],
      );
      await expectExact((a, w) => conv2d(a, w, { padding: 1 }), images, tensor([[[[1, 2, 1], [0, -1, 0], [3, 1, 2]]]])); // biome-ignore format: one line
      await expectSame((a) => sum(reshape(a, [9, 4, 512, 512]), { dim: [0, 2, 3] }), [images]);
    }, 120_000);

    test("or refused, where they belong together", async () => {
      const image = zeros([1, 1, 3001, 3001], { device: gpu });
      const y = conv2d(image, on([1], [1, 1, 1, 1]));
      await expect(y.data()).rejects.toThrow(
        `data: conv: a kernel of the device ${mode} counts to 8388608 elements, but here 9006001 belong together. ` +
          "Make the tensor smaller, or compute on the cpu.",
      );
      for (const t of [image, y]) t.dispose();
    });
  });

  test("after all this the device is what it was", async () => {
    expect(gpu.info()).toMatchObject({ mode, lost: "" });
    expect(await valuesOf(add(on([1, 2]), 1))).toEqual([2, 3]);
  });
};

for (const tested of await modesInNode()) describeMode("Node", tested, () => guards(tested.mode));
