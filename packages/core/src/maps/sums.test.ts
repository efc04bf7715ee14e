import { describe, expect, test } from "vitest";
import { list } from "../../test/samples.js";
import { col2im } from "../conv/im2col.js";
import { pad, padAdjoint } from "../conv/pad.js";
import { tensor } from "../create.js";
import { maxPoolAdjoint } from "../pool/maxPool.js";
import { sum } from "./reduce.js";
import { roundSums } from "./sums.js";

const most = 2 ** 31 - 1;
const int32 = (values: number[], shape: number[]) => tensor(Int32Array.from(values), shape);

describe("sums of int32", () => {
  test("by hand: what int32 can hold is stored, to the last unit", () => {
    expect(list(sum(int32([most - 1, 1], [2])))).toEqual([most]);
    expect(list(roundSums("sum", Float64Array.of(-(2 ** 31)), int32([0], [1]), [1]))).toEqual([-(2 ** 31)]);
  });

  test("what it cannot hold is refused by every map that adds up, not wrapped around", () => {
    const two = int32([most, 1], [1, 1, 2]);
    const both = { inSize: [1] };
    expect(() => sum(two)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: sum: int32 cannot hold the sum 2147483648. Use cast(x, "float64").]`,
    );
    expect(() => padAdjoint(two, [[1, 0]], { ...both, mode: "replicate" })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: padAdjoint: int32 cannot hold the sum 2147483648. Use cast(x, "float64").]`,
    );
    expect(() => maxPoolAdjoint(two, int32([0, 0], [1, 1, 2]), both)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: gatherAdjoint: int32 cannot hold the sum 2147483648. Use cast(x, "float64").]`,
    );
    const columns = int32([0, most, 1, 0], [1, 2, 2]); // the only pixel is seen by tap 1 of window 0 and tap 0 of window 1
    expect(() => col2im(columns, { ...both, kernelSize: 2, padding: 1 })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: col2im: int32 cannot hold the sum 2147483648. Use cast(x, "float64").]`,
    );
  });

  test("nor is a border that int32 cannot hold", () => {
    const x = int32([1], [1]);
    expect(list(pad(x, [[1, 0]], { mode: "constant", value: 7 }))).toEqual([7, 1]);
    expect(() => pad(x, [[1, 0]], { mode: "constant", value: 3e9 })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: pad: its tensors are int32, but it computes in floats. Use cast(x, "float32").]`,
    );
  });
});
