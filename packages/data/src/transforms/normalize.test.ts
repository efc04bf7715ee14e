import { tensor } from "@conv/core";
import { describe, expect, test } from "vitest";
import { normalize } from "./normalize.js";

const y = tensor([0], [1], { dtype: "int32" });

describe("normalize", () => {
  test("by hand: (x − 2) / 4", () => {
    const batch = normalize(2, 4)({ x: tensor([2, 6, 10, 0], [1, 1, 2, 2]), y });
    expect([...batch.x.dataSync()]).toEqual([0, 1, 2, -0.5]);
    expect(batch.y).toBe(y);
  });

  test("takes a number for each channel", () => {
    const { x } = normalize([1, 10], [1, 5])({ x: tensor([1, 2, 10, 15], [1, 2, 1, 2]), y });
    expect(x.shape).toEqual([1, 2, 1, 2]);
    expect([...x.dataSync()]).toEqual([0, 1, 0, 1]);
  });

  test("float64 is shifted and scaled as float64, integers become float32", () => {
    const { x } = normalize(0.1, 0.3)({ x: tensor(Float64Array.of(1), [1, 1, 1]), y });
    expect([...x.dataSync()]).toEqual([(1 - 0.1) / 0.3]);
    expect(normalize(0.5, 1)({ x: tensor(Int32Array.of(1), [1, 1, 1]), y }).x.dataSync()).toEqual(Float32Array.of(0.5));
  });

  test("says what is wrong", () => {
    expect(() => normalize(0.1307, undefined as never)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: normalize: mean must be finite and std positive, got undefined. Measure them on the training set.]`,
    );
    expect(() => normalize([], 1)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: normalize: mean must be finite and std positive, got []. Measure them on the training set.]`,
    );
    expect(() => normalize([0, undefined as never], 1)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: normalize: mean must be finite and std positive, got [0, undefined]. Measure them on the training set.]`,
    );
    expect(() => normalize(0, 0)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: normalize: mean must be finite and std positive, got 0. Measure them on the training set.]`,
    );
    expect(() => normalize([1, 2, 3], 1)({ x: tensor([1, 2], [1, 2, 1]), y })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: normalize: mean and std for 3 channels do not fit x [1, 2, 1], [N, C, …].]`,
    );
  });
});
