import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { convCase, integers, list, RUNS } from "../../test/samples.js";
import { tensor } from "../create.js";
import { convDirect } from "./convDirect.js";
import { convTaps } from "./convTaps.js";
import { convGeometry } from "./geometry.js";

describe("convolution tap by tap", () => {
  test("by hand: tap 0 sees the image, tap 1 the image shifted by one pixel", () => {
    const [x, w] = [tensor([[[1, 10, 100]]]), tensor([[[2, 3]]])];
    // 2·(1, 10) + 3·(10, 100)
    expect(list(convTaps(x, w, convGeometry(x.shape, w.shape)))).toEqual([32, 320]);
  });

  test("by hand: every tap is a matrix from the channels to the filters", () => {
    const x = tensor([1, 2, 10, 20], [1, 2, 2]);
    // W₀ = [[1, 2], [0, 1]], W₁ = [[3, 0], [1, 1]]; W₀·(1, 10) + W₁·(2, 20) = (21, 10) + (6, 22)
    const w = tensor([1, 3, 2, 0, 0, 1, 1, 1], [2, 2, 2]);
    expect(list(convTaps(x, w, convGeometry(x.shape, w.shape)))).toEqual([27, 32]);
  });

  test("by hand: a tap that falls on padding adds nothing", () => {
    const [x, w] = [tensor([[[1, 10]]]), tensor([[[2, 3]]])];
    expect(list(convTaps(x, w, convGeometry(x.shape, w.shape, { padding: 1 })))).toEqual([3, 32, 20]);
  });

  test("it equals the nested loops for every rank with everything unequal", () => {
    fc.assert(
      fc.property(convCase, ({ xShape, wShape, options, seed }) => {
        const geometry = convGeometry(xShape, wShape, options);
        const [x, w] = [integers(xShape, seed), integers(wShape, seed + 1)];
        const y = convTaps(x, w, geometry);
        expect(y.shape).toEqual(geometry.yShape);
        expect(list(y)).toEqual(list(convDirect(x, w, geometry)));
      }),
      RUNS,
    );
  });

  test("without taps in reach, without channels and without images there is nothing to add", () => {
    const none = convGeometry([1, 0, 3], [2, 0, 2]);
    expect(list(convTaps(integers([1, 0, 3], 1), integers([2, 0, 2], 2), none))).toEqual([0, 0, 0, 0]);
    const empty = convGeometry([0, 1, 3], [2, 1, 2]);
    expect(convTaps(integers([0, 1, 3], 1), integers([2, 1, 2], 2), empty).shape).toEqual([0, 2, 2]);
  });
});
