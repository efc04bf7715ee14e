import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { indicesOf, integers, list, RUNS } from "../../test/samples.js";
import { ones, tensor, zeros } from "../create.js";
import { abs } from "../maps/elementwise.js";
import { sizeOf } from "../shape.js";
import { allClose } from "../testing/allClose.js";
import { lpPool, lpPool1d, lpPool2d, lpPool3d } from "./lpPool.js";
import { maxPool1d } from "./maxPool.js";

const pools = [lpPool1d, lpPool2d, lpPool3d];
const signal = (...values: number[]) => tensor(values, [1, 1, values.length]);

/** float32 with powers, a mean and a root between: some units of 2⁻²⁴ = 6e-8, relatively. */
const FLOAT32_NORM = { rtol: 5e-7, atol: 0 };

/** float64 likewise: units of 1e-16 in the sums of at most 27 powers; 1e-12 leaves room for the exponents. */
const FLOAT64_NORM = { rtol: 1e-12, atol: 1e-12 };

describe("by hand", () => {
  test("p = 2 makes Euclidean norms, p = 1 sums", () => {
    expect(list(lpPool(signal(3, 4, 6, 8), 2, 2))).toEqual([5, 10]);
    expect(list(lpPool1d(signal(3, 4, 6, 8), 1, 2))).toEqual([7, 14]);
    expect(list(lpPool2d(tensor([1, 1, 1, 1], [1, 1, 2, 2]), 2, 2))).toEqual([2]);
    expect(list(lpPool3d(ones([1, 1, 2, 2, 1]), 2, [2, 2, 1]))).toEqual([2]);
  });

  test("a stride of its own; without the name of a rank it is that of x", () => {
    expect(list(lpPool(signal(3, 4, 3), 2, 2, { stride: 1 }))).toEqual([5, 5]);
    expect(list(lpPool(tensor([3, 4], [1, 1, 2, 1]), 2, [2, 1]))).toEqual([5]);
  });

  test("as p grows it tends to max pooling", () => {
    const x = signal(1, 2, 3, 2.5, 1, 0);
    expect(allClose(lpPool(x, 64, 2), maxPool1d(x, 2), { rtol: 2 ** (1 / 64) - 1, atol: 0 })).toBeUndefined();
    expect(allClose(lpPool(x, 2, 2), maxPool1d(x, 2), { rtol: 2 ** (1 / 64) - 1, atol: 0 })).toBeDefined();
  });
});

describe("it equals PyTorch 1.13", () => {
  // The numbers, in each test of the calls in its name:
  // /usr/bin/python3 -c "import torch; from torch.nn.functional import *; torch.set_printoptions(8)
  // x = torch.arange(1., 16).reshape(1, 1, 3, 5)
  // print(lp_pool1d(torch.tensor([[[3., 4, 6, 8, 5]]]), 2, 2, ceil_mode=True), lp_pool2d(x, 2, 2, ceil_mode=True))"
  const x = tensor(
    Array.from({ length: 15 }, (_, i) => i + 1),
    [1, 1, 3, 5],
  );

  test("lp_pool1d([3, 4, 6, 8, 5], 2, 2, ceil_mode): the last window counts as if its 5 went on", () => {
    const y = lpPool1d(signal(3, 4, 6, 8, 5), 2, 2, { ceilMode: true });
    expect(allClose(y, [5, 10, 7.07106781], FLOAT32_NORM)).toBeUndefined(); // √(2·5²)
    expect(lpPool1d(signal(3, 4, 6, 8, 5), 2, 2).shape).toEqual([1, 1, 2]);
  });

  test("lp_pool1d of negative numbers, which are not made positive first", () => {
    const negative = signal(-3, -4, 1);
    const stride = { stride: 1 };
    expect(allClose(lpPool1d(negative, 1, 2, stride), [-7, -3], FLOAT32_NORM)).toBeUndefined();
    expect(allClose(lpPool1d(negative, 2, 2, stride), [5, 4.12310553], FLOAT32_NORM)).toBeUndefined();
    expect(allClose(lpPool1d(negative, 3, 2, stride), [Number.NaN, Number.NaN], FLOAT32_NORM)).toBeUndefined();
  });

  test("lp_pool2d(x, 2, 2) and with ceil_mode", () => {
    expect(allClose(lpPool2d(x, 2, 2), [9.48683262, 13.03840446], FLOAT32_NORM)).toBeUndefined();
    const y = lpPool2d(x, 2, 2, { ceilMode: true });
    expect(y.shape).toEqual([1, 1, 2, 3]);
    const expected = [9.48683262, 13.03840446, 15.81138802, 23.02172852, 27.01851273, 30];
    expect(allClose(y, expected, FLOAT32_NORM)).toBeUndefined();
  });

  test("lp_pool2d(x, 3, (2, 3), (1, 2)) and lp_pool2d(x, 1.5, 2, ceil_mode)", () => {
    const uneven = lpPool2d(x, 3, [2, 3], { stride: [1, 2] });
    expect(allClose(uneven, [10.34465218, 13.49382401, 18.49549484, 21.93714905], FLOAT32_NORM)).toBeUndefined();
    const y = lpPool2d(x, 1.5, 2, { ceilMode: true });
    const expected = [11.11282825, 15.80332279, 19.42392159, 28.99187851, 34.02953339, 37.79763031];
    expect(allClose(y, expected, FLOAT32_NORM)).toBeUndefined();
  });

  test("lp_pool2d of a batch of 0", () => {
    expect(lpPool2d(zeros([0, 2, 4, 4]), 2, 2).shape).toEqual([0, 2, 2, 2]);
  });
});

test("it equals a naive loop over every window, for every rank", () => {
  const size = (min: number, max: number) => fc.integer({ min, max });
  const axis = fc.record({ kernel: size(1, 3), stride: size(1, 3), extra: fc.nat(3) });
  const norm = fc.constantFrom(1, 2, 3, 0.5, 2.5);
  const seen = [0, 0, 0];
  fc.assert(
    fc.property(fc.array(axis, { minLength: 1, maxLength: 3 }), norm, fc.nat(), (axes, p, seed) => {
      const [kernel, stride] = [axes.map((a) => a.kernel), axes.map((a) => a.stride)];
      const inSize = axes.map((a) => a.kernel + a.extra);
      const outSize = axes.map((a) => Math.floor(a.extra / a.stride) + 1);
      const x = abs(integers([2, 1, ...inSize], seed)); // fractional powers are of positive numbers
      const expected = [0, 1].flatMap((n) =>
        indicesOf(outSize).map((window) => {
          const pixels = indicesOf(kernel).map((tap) =>
            tap.reduce((at, k, a) => at * inSize[a] + window[a] * stride[a] + k, 0),
          );
          const image = list(x).slice(n * sizeOf(inSize), (n + 1) * sizeOf(inSize));
          return pixels.reduce((sum, at) => sum + image[at] ** p, 0) ** (1 / p);
        }),
      );
      const y = pools[axes.length - 1](x, p, kernel, { stride });
      expect(y.shape).toEqual([2, 1, ...outSize]);
      expect(allClose(y, expected, FLOAT64_NORM)).toBeUndefined();
      expect(list(lpPool(x, p, kernel, { stride }))).toEqual(list(y));
      seen[axes.length - 1]++;
    }),
    RUNS,
  );
  for (const count of seen) expect(count).toBeGreaterThan(20);
});

describe("what cannot be is an error", () => {
  const x = ones([1, 1, 4]);

  test("the norm", () => {
    expect(() => lpPool(x, 0, 2)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: lpPool: normType must be a positive, finite number, got 0. Use 1 for sums, 2 for Euclidean norms.]`,
    );
    expect(() => lpPool1d(x, -1, 2)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: lpPool1d: normType must be a positive, finite number, got -1. Use 1 for sums, 2 for Euclidean norms.]`,
    );
    expect(() => lpPool(x, Number.POSITIVE_INFINITY, 2)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: lpPool: normType must be a positive, finite number, got Infinity. Use maxPool1d for the maximum.]`,
    );
    expect(() => lpPool(x, Number.NaN, 2)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: lpPool: normType must be a number, got NaN.]`,
    );
    expect(() => lpPool(x, "2" as never, 2)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: lpPool: normType must be a number, got "2".]`,
    );
  });

  test("the image", () => {
    expect(() => lpPool(ones([4, 4]), 2, 2)).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: lpPool: x must have at least 3 axes, [N, C, …], but its shape is [4, 4]. Reshape it.]`,
    );
    expect(() => lpPool2d(ones([4, 4]), 2, 2)).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: lpPool2d: x must have at least 3 axes, [N, C, …] with 2 spatial, but its shape is [4, 4]. Reshape it.]`,
    );
    expect(() => lpPool([1] as never, 2, 2)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: lpPool: x must be a tensor, got [1]. Make a tensor with tensor(values, shape).]`,
    );
    expect(() => lpPool3d(undefined as never, 2, 2)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: lpPool3d: x must be a tensor, got undefined. Make a tensor with tensor(values, shape).]`,
    );
    expect(() => lpPool(ones([1, 1, 4], { dtype: "int32" }), 2, 2)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: lpPool: its tensors are int32, but it computes in floats. Use cast(x, "float32").]`,
    );
    expect(() => lpPool(zeros([1, 1, 0]), 2, 2)).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: lpPool: x [1, 1, 0] has no pixels along spatial axis 0 to pool.]`,
    );
  });

  test("the window and its options", () => {
    expect(() => lpPool(x, 2, 5)).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: lpPool: the window spans 5 pixels along spatial axis 0, but x [1, 1, 4] with padding [0, 0] has 4. Use a smaller kernelSize.]`,
    );
    expect(() => lpPool(x, 2, undefined as never)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: lpPool: kernelSize must be a positive integer, got undefined.]`,
    );
    expect(() => lpPool1d(x, 2, [2, 2])).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: lpPool1d: kernelSize must be one number or an array of 1, got [2, 2].]`,
    );
    expect(() => lpPool(x, 2, 2, { padding: 1 } as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: lpPool: unknown option padding. It takes stride, ceilMode.]`,
    );
    expect(() => lpPool(x, 2, 2, { ceil_mode: true } as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: lpPool: unknown option ceil_mode. Did you mean ceilMode?]`,
    );
    expect(() => lpPool(x, 2, 2, 1 as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: lpPool: the last argument is the options, got 1. Pass an object: { stride: 1 }.]`,
    );
  });
});
