import { describe, expect, test } from "vitest";
import { ones, tensor, zeros } from "../create.js";
import { allClose } from "./allClose.js";

const INFINITY = Number.POSITIVE_INFINITY;

describe("allClose", () => {
  test("by hand: agreement is undefined, else the first bad entry is named with the number of all", () => {
    const x = tensor([1, 2, 3, 4], [2, 2]);
    expect(allClose(x, [1, 2, 3, 4])).toBeUndefined();
    expect(allClose(x, x)).toBeUndefined();
    expect(allClose(x, [1, 2, 5, 9])).toBe("element [1, 0] is 3, expected 5 (2 of 4 differ)");
    expect(allClose(tensor(1), tensor(2))).toBe("element [] is 1, expected 2 (1 of 1 differ)");
  });

  test("by hand: the bound is atol + rtol·|expected|, inclusive", () => {
    const x = tensor(Float64Array.of(9)); // 8 ± (1/2 + 1/16·8) = 8 ± 1
    expect(allClose(x, [8], { rtol: 1 / 16, atol: 1 / 2 })).toBeUndefined();
    expect(allClose(x, [8], { rtol: 1 / 16, atol: 0.49 })).toBeDefined();
    expect(allClose(x, [8], { rtol: 1 / 17, atol: 1 / 2 })).toBeDefined();
    expect(allClose(tensor(Float64Array.of(-9)), [-8], { rtol: 1 / 16, atol: 1 / 2 })).toBeUndefined();
    expect(allClose(x, [10], { rtol: 0, atol: 1 })).toBeUndefined();
    expect(allClose(x, [10], { rtol: 0.1, atol: 0 })).toBeUndefined();
  });

  test("the relative part follows the expected value, not the got one", () => {
    expect(allClose(tensor([2]), [1], { rtol: 0.5, atol: 0 })).toBeDefined();
    expect(allClose(tensor([1]), [2], { rtol: 0.5, atol: 0 })).toBeUndefined();
  });

  test("the defaults let float32 rounding pass and errors of 1e-4 not", () => {
    expect(allClose(tensor([0.1]), [0.1])).toBeUndefined();
    expect(allClose(tensor([1.0001]), [1])).toBeDefined();
    expect(allClose(tensor([1e-5]), [0])).toBeDefined();
    expect(allClose(tensor([1e-7]), [0])).toBeUndefined();
  });

  test("NaN equals NaN only, infinity itself only", () => {
    expect(allClose(tensor([Number.NaN, INFINITY]), [Number.NaN, INFINITY])).toBeUndefined();
    expect(allClose(tensor([Number.NaN]), [1])).toBeDefined();
    expect(allClose(tensor([1]), [Number.NaN])).toBeDefined();
    expect(allClose(tensor([INFINITY]), [1])).toBeDefined();
    expect(allClose(tensor([-0]), [0], { rtol: 0, atol: 0 })).toBeUndefined();
  });

  test("nothing but infinity is close to infinity", () => {
    expect(allClose(tensor([5]), [INFINITY])).toBeDefined();
    expect(allClose(tensor([-INFINITY]), [INFINITY])).toBeDefined();
  });

  test("shapes and lengths that differ are told", () => {
    expect(allClose(ones([2, 3]), ones([3, 2]))).toBe("the shape is [2, 3], expected [3, 2]");
    expect(allClose(ones([2]), [1, 1, 1])).toBe("there are 2 elements, expected 3");
    expect(allClose(zeros([0]), [])).toBeUndefined();
  });
});
