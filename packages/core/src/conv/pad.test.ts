import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dot, FLOAT64_SUM, integers, list, RUNS, scaleOf } from "../../test/samples.js";
import { tensor, zeros } from "../create.js";
import { pad, padAdjoint } from "./pad.js";
import { type PadMode, padGeometry } from "./padGeometry.js";

const MODES = ["zeros", "constant", "circular", "reflect", "replicate", "mean"] as const;
const abc = tensor([1, 2, 6]);

describe("pad", () => {
  test.each<[PadMode, number[]]>([
    ["zeros", [0, 0, 1, 2, 6, 0, 0]],
    ["constant", [5, 5, 1, 2, 6, 5, 5]],
    ["circular", [2, 6, 1, 2, 6, 1, 2]],
    ["reflect", [6, 2, 1, 2, 6, 2, 1]],
    ["replicate", [1, 1, 1, 2, 6, 6, 6]],
    ["mean", [3, 3, 1, 2, 6, 3, 3]],
  ])("by hand: mode %s around 1 2 6 makes %j", (mode, expected) => {
    expect(list(pad(abc, [2], mode === "constant" ? { mode, value: 5 } : { mode }))).toEqual(expected);
  });

  test("zeros are the default; constant without a value is 0", () => {
    expect(list(pad(abc, [1]))).toEqual([0, 1, 2, 6, 0]);
    expect(list(pad(abc, [1], { mode: "constant" }))).toEqual([0, 1, 2, 6, 0]);
  });

  test("by hand: circular padding wraps several times", () => {
    expect(list(pad(tensor([1, 2]), [[5, 4]], { mode: "circular" }))).toEqual([2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2]);
    expect(list(pad(tensor([7]), [[3, 2]], { mode: "circular" }))).toEqual([7, 7, 7, 7, 7, 7]);
  });

  test("by hand: the first entry of padding is the outer axis, before and after may differ", () => {
    const x = tensor([
      [1, 2],
      [3, 4],
    ]);
    const y = pad(x, [
      [1, 0],
      [0, 2],
    ]);
    expect(y.shape).toEqual([3, 4]);
    expect(list(y)).toEqual([0, 0, 0, 0, 1, 2, 0, 0, 3, 4, 0, 0]);
    const corner = pad(
      x,
      [
        [1, 0],
        [1, 0],
      ],
      { mode: "reflect" },
    );
    expect(list(corner)).toEqual([4, 3, 4, 2, 1, 2, 4, 3, 4]);
  });

  test("by hand: leading axes are images of their own, each with its own mean", () => {
    const x = tensor([
      [1, 3],
      [10, 30],
    ]);
    expect(list(pad(x, [[1, 0]], { mode: "mean" }))).toEqual([2, 1, 3, 20, 10, 30]);
    expect(list(pad(x, [[1, 0]], { mode: "circular" }))).toEqual([3, 1, 3, 30, 10, 30]);
  });

  test("the mean is that of the whole un-padded image, over both axes", () => {
    const x = tensor([
      [
        [1, 2],
        [3, 6],
      ],
    ]);
    expect(list(pad(x, [0, [0, 1]], { mode: "mean" }))).toEqual([1, 2, 3, 3, 6, 3]);
  });

  test("no padding changes nothing, in every mode and on empty images", () => {
    for (const mode of MODES) {
      expect(list(pad(abc, [0], { mode }))).toEqual([1, 2, 6]);
      expect(pad(zeros([2, 0]), [0], { mode }).shape).toEqual([2, 0]);
      expect(pad(zeros([0, 3]), [1], { mode }).shape).toEqual([0, 5]);
    }
    expect(list(pad(abc, []))).toEqual([1, 2, 6]);
    expect(list(pad(zeros([0]), [1]))).toEqual([0, 0]);
  });

  test("padding by p and then by q is padding by p + q for zeros, replicate and circular by whole images", () => {
    const x = integers([2, 3, 4], 1);
    for (const mode of ["zeros", "replicate"] as const) {
      expect(list(pad(pad(x, [1, [0, 2]], { mode }), [2, 1], { mode }))).toEqual(list(pad(x, [3, [1, 3]], { mode })));
    }
    const once = pad(
      x,
      [
        [3, 0],
        [0, 8],
      ],
      { mode: "circular" },
    );
    const again = pad(
      once,
      [
        [6, 0],
        [0, 12],
      ],
      { mode: "circular" },
    );
    expect(list(again)).toEqual(
      list(
        pad(
          x,
          [
            [9, 0],
            [0, 20],
          ],
          { mode: "circular" },
        ),
      ),
    );
  });

  test("it keeps the dtype", () => {
    expect(pad(integers([2], 1), [1]).dtype).toBe("float64");
  });
});

describe("padAdjoint", () => {
  const gradY = tensor([1, 10, 100, 1000, 10_000]);

  test.each<[PadMode, number[]]>([
    ["zeros", [10, 100, 1000]],
    ["constant", [10, 100, 1000]],
    ["circular", [10_010, 100, 1001]],
    ["reflect", [10, 10_101, 1000]],
    ["replicate", [11, 100, 11_000]],
    ["mean", [10 + 10_001 / 3, 100 + 10_001 / 3, 1000 + 10_001 / 3]],
  ])("by hand: in mode %s the gradients 1 10 100 1000 10000 come back as %j", (mode, expected) => {
    const gradX = padAdjoint(gradY, [1], { mode, inSize: [3] });
    expect(list(gradX)).toEqual([...Float32Array.from(expected)]);
  });

  test("⟨P x, y⟩ = ⟨x, Pᵀ y⟩ for every mode, rank, and padding", () => {
    const axis = fc.record({ length: fc.nat(4), before: fc.nat(9), after: fc.nat(9) });
    const axes = fc.array(axis, { maxLength: 3 });
    fc.assert(
      fc.property(
        axes,
        fc.array(fc.nat(2), { maxLength: 2 }),
        fc.constantFrom(...MODES),
        fc.nat(),
        (all, leading, mode, seed) => {
          const padding = all.map(({ length, before, after }): [number, number] => {
            if (mode === "zeros" || mode === "constant") return [before % 4, after % 4];
            if (mode === "reflect")
              return [Math.min(before, Math.max(length - 1, 0)), Math.min(after, Math.max(length - 1, 0))];
            return length === 0 ? [0, 0] : [before, after];
          });
          const inSize = all.map(({ length }) => length);
          const x = integers([...leading, ...inSize], seed);
          const px = pad(x, padding, { mode });
          const y = integers(px.shape, seed + 1);
          const ptY = padAdjoint(y, padding, { mode, inSize });
          expect(ptY.shape).toEqual(x.shape);
          if (mode === "mean") {
            const error = Math.abs(dot(px, y) - dot(x, ptY));
            expect(error).toBeLessThanOrEqual(FLOAT64_SUM * (scaleOf(px, y) + scaleOf(x, ptY)));
          } else {
            expect(dot(px, y)).toBe(dot(x, ptY));
          }
        },
      ),
      RUNS,
    );
  });
});

describe("what cannot be is an error", () => {
  test("reflect beyond the image's other edge", () => {
    expect(() => pad(abc, [[3, 0]], { mode: "reflect" })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: pad: mode "reflect" mirrors the image without its edge, at most 2 of the 3 pixels along spatial axis 0, but padding is [3, 0]. Pad less, or use "circular" or "replicate".]`,
    );
    expect(() => pad(tensor([1]), [[0, 1]], { mode: "reflect" })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: pad: mode "reflect" mirrors the image without its edge, at most 0 of the 1 pixels along spatial axis 0, but padding is [0, 1]. Pad less, or use "circular" or "replicate".]`,
    );
    expect(() => pad(abc, [2], { mode: "reflect" })).not.toThrow();
  });

  test("pixels taken from an empty image", () => {
    expect(() => pad(zeros([0]), [1], { mode: "circular" })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: pad: mode "circular" needs pixels, but spatial axis 0 has none. Use "zeros".]`,
    );
    expect(() => pad(zeros([0]), [1], { mode: "mean" })).toThrow("needs pixels");
    expect(() => pad(zeros([0]), [1], { mode: "replicate" })).toThrow("needs pixels");
  });

  test("reflect of an empty image does not advise circular, which fails too", () => {
    expect(() => pad(zeros([0]), [1], { mode: "reflect" })).not.toThrow(/or use "circular"/);
  });

  test("a value that the mode would ignore is refused", () => {
    expect(() => pad(abc, [1], { value: 3 })).toThrow();
  });

  test("unknown modes, options and paddings", () => {
    expect(() => pad(abc, [1], { mode: "same" as never })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: pad: mode must be one of "zeros", "constant", "circular", "reflect", "replicate", "mean", got "same".]`,
    );
    expect(() => pad(abc, [1], { paddingMode: "reflect" } as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: pad: unknown option paddingMode. Did you mean mode?]`,
    );
    expect(() => pad(abc, 1 as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: pad: padding must be an array with [before, after] for each axis to pad, got 1.]`,
    );
    expect(() => pad(abc, [1, 1])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: pad: padding [1, 1] is for 2 axes, but x [3] has 1. Give one [before, after] for each of the last axes.]`,
    );
    expect(() => pad(abc, [-1])).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: pad: padding must be an integer of at least 0, got -1.]`,
    );
    expect(() => pad(abc, [[1, 2, 3] as never])).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: pad: padding of an axis must be a number or [before, after], got [1, 2, 3].]`,
    );
  });

  test("a gradient of another shape than the padded image", () => {
    expect(() => padAdjoint(tensor([1, 2, 3]), [1], { inSize: [3] })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: padAdjoint: gradY has shape [3], but these sizes need [5]. Give it that shape.]`,
    );
  });

  test("a convolution that pads speaks in its own name", () => {
    expect(() => padGeometry([1, 1, 2], [2], { mode: "reflect" }, "conv1d")).toThrow("conv1d: mode");
  });
});

test("int32 takes whole borders only", () => {
  const x = tensor(Int32Array.of(1, 2));
  expect(list(pad(x, [[1, 0]], { mode: "constant", value: 3 }))).toEqual([3, 1, 2]);
  expect(() => pad(x, [[1, 0]], { mode: "mean" })).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: pad: its tensors are int32, but it computes in floats. Use cast(x, "float32").]`,
  );
  expect(() => pad(x, [[1, 0]], { mode: "constant", value: 0.5 })).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: pad: its tensors are int32, but it computes in floats. Use cast(x, "float32").]`,
  );
});
