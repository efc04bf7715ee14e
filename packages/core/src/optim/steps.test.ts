import { describe, expect, test } from "vitest";
import { list } from "../../test/samples.js";
import { tensor } from "../create.js";
import { cpu } from "../device/cpu.js";
import { createRandom } from "../random.js";
import { allClose } from "../testing/allClose.js";
import { plain } from "../testing/specification.js";
import { blendKernel, blendSquareKernel, descendKernel } from "./steps.js";

describe("by hand", () => {
  test("blend: 2·[1, 2] − [3, 5] = [−1, −1], and with squares [−7, −21]", () => {
    const [a, b] = [tensor([1, 2]), tensor([3, 5])];
    expect(list(blendKernel(a, b, { alpha: 2, beta: -1 }))).toEqual([-1, -1]);
    expect(list(blendSquareKernel(a, b, { alpha: 2, beta: -1 }))).toEqual([-7, -21]);
  });

  test("descend: 1·10 − 2·3 / (0.5·√16 + 1) = 8", () => {
    const factors = { alpha: 1, beta: -2, gamma: 0.5, eps: 1 };
    expect(list(descendKernel(tensor([10]), tensor([3]), tensor([16]), factors))).toEqual([8]);
  });
});

test("float64 keeps its digits, and int32 is refused", () => {
  const x = tensor(Float64Array.of(0.1));
  expect(list(blendKernel(x, x, { alpha: 1, beta: 2 }))).toEqual([0.1 + 2 * 0.1]);
  const n = tensor(Int32Array.of(1));
  expect(() => blendKernel(n, n, { alpha: 1, beta: 1 })).toThrow("int32");
});

/** Three roundings to float32 and a sum of two that may cancel. */
const FLOAT32 = { rtol: 1e-6, atol: 1e-6 };

test.each([1, 255, 256, 259, 16_384, 50_003])("%i elements: WebAssembly is the plain kernel but for rounding", (n) => {
  const random = createRandom(n);
  const [p, m] = [random.normal([n]), random.normal([n])];
  const v = random.uniform([n], { low: 0.5, high: 2 });
  const factors = { alpha: 0.9, beta: -0.3, gamma: 1.1, eps: 1e-8 };
  const [ps, ms, vs] = [p, m, v].map((x) => x.to(plain));
  expect(allClose(blendKernel(p, m, factors), blendKernel(ps, ms, factors), FLOAT32)).toBeUndefined();
  expect(allClose(blendSquareKernel(p, m, factors), blendSquareKernel(ps, ms, factors), FLOAT32)).toBeUndefined();
  expect(allClose(descendKernel(p, m, v, factors), descendKernel(ps, ms, vs, factors), FLOAT32)).toBeUndefined();
});

test("one result, whatever the number of threads", async () => {
  const random = createRandom(1);
  const [a, b] = [random.normal([300_000]), random.normal([300_000])];
  const results = [];
  for (const threads of [1, 2]) {
    await cpu.configure({ threads });
    results.push(blendSquareKernel(a, b, { alpha: 0.9, beta: 0.1 }).dataSync());
  }
  expect(results[1]).toEqual(results[0]);
});
