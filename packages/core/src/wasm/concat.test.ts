import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { list, RUNS } from "../../test/samples.js";
import { expectPlain, expectSameForThreads, mixed } from "../../test/wasm.js";
import { tensor, zeros } from "../create.js";
import { cast } from "../maps/cast.js";
import { concatKernel } from "../maps/concat.js";
import { concatGeometry } from "../maps/concatGeometry.js";
import { concat } from "./concat.js";

describe("joining equals the plain one", () => {
  test("by hand, one of them twice", () => {
    const [a, b] = [tensor([1, 2], [2, 1]), tensor([3, 4, 5, 6], [2, 2])];
    const geometry = concatGeometry([a.shape, b.shape, a.shape], 1);
    expect(list(concat([a, b, a], geometry) as never)).toEqual([1, 3, 4, 1, 2, 5, 6, 2]);
  });

  test("for every shape and axis, some of no elements", () => {
    const length = fc.integer({ min: 1, max: 5 });
    const lengths = fc.array(fc.nat(300), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(length, length, lengths, fc.nat(), (outer, inner, along, seed) => {
        const tensors = along.map((n, t) => mixed([outer, n, inner], seed + t, 0.1));
        const geometry = concatGeometry(
          tensors.map(({ shape }) => shape),
          1,
        );
        expectPlain(concatKernel, [tensors, geometry]);
        const whole = tensors.map((x) => cast(mixed(x.shape, seed), "int32"));
        expectPlain(concatKernel, [whole, geometry]);
      }),
      RUNS,
    );
  });

  test("by any number of threads", async () => {
    const tensors = [mixed([40, 30, 31], 1), mixed([40, 20, 31], 2), mixed([40, 17, 31], 3)];
    const geometry = concatGeometry(
      tensors.map(({ shape }) => shape),
      1,
    );
    await expectSameForThreads(() => concatKernel(tensors, geometry));
  });

  test("float64, nothing, and very many are left to the plain one", () => {
    const many = Array.from({ length: 41 }, () => tensor([1]));
    const geometryOf = (n: number, length: number) => concatGeometry(new Array(n).fill([length]), 0);
    expect(concat(many, geometryOf(41, 1))).toBeUndefined();
    expectPlain(concatKernel, [many, geometryOf(41, 1)]);
    expect(concat([tensor(Float64Array.of(1))], geometryOf(1, 1))).toBeUndefined();
    expect(concat([zeros([0])], geometryOf(1, 0))).toBeUndefined();
  });
});
