import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { convCase, dot, float32, integers, list, RUNS } from "../../test/samples.js";
import { ones, tensor, zeros } from "../create.js";
import { matmul } from "../maps/matmul.js";
import { sum } from "../maps/reduce.js";
import { reshape } from "../maps/reshape.js";
import { transpose } from "../maps/strided.js";
import { createRandom } from "../random.js";
import { type Shape, sizeOf } from "../shape.js";
import { plain } from "../testing/specification.js";
import { convAdjointWKernel, convAdjointXKernel, convKernel } from "./conv.js";
import { convDirect } from "./convDirect.js";
import { convMatrix } from "./convMatrix.js";
import { convTaps } from "./convTaps.js";
import { type ConvSizeOptions, convGeometry } from "./geometry.js";
import { im2col } from "./im2col.js";

/** conv equals both specifications, and its adjoints are its adjoints, exactly: the values are integers. */
function check(xShape: Shape, wShape: Shape, options: ConvSizeOptions<"zeros">, seed: number): void {
  const geometry = convGeometry(xShape, wShape, options);
  const [x, w, g] = [integers(xShape, seed), integers(wShape, seed + 1), integers(geometry.yShape, seed + 2)];
  const y = convKernel(x, w, geometry);
  expect(y.shape).toEqual(geometry.yShape);
  expect(list(y)).toEqual(list(convDirect(x, w, geometry)));
  expect(list(y)).toEqual(list(convTaps(x, w, geometry)));
  const [gradX, gradW] = [convAdjointXKernel(g, w, geometry), convAdjointWKernel(x, g, geometry)];
  expect([gradX.shape, gradW.shape]).toEqual([xShape, wShape]);
  expect(dot(x, gradX)).toBe(dot(y, g));
  expect(dot(w, gradW)).toBe(dot(y, g));
}

/** conv is the matrix Ŵ applied to x, and X̂ applied to w; both adjoints are the transposed matrices. Exactly. */
function checkMatrices(xShape: Shape, wShape: Shape, options: ConvSizeOptions<"zeros">, seed: number): void {
  const { stride, padding, dilation, groups = 1 } = options;
  const geometry = convGeometry(xShape, wShape, options);
  const [x, w, g] = [integers(xShape, seed), integers(wShape, seed + 1), integers(geometry.yShape, seed + 2)];
  const y = list(convDirect(x, w, geometry));
  const { batch, inSize, kernelSize, outSize, inChannels, outChannels } = geometry;

  const rows = (t: typeof x) => reshape(t, [batch, -1]); // images as the rows of a matrix
  const wHat = convMatrix(w, { ...options, inSize }); // [O·L, C·I]
  expect(list(matmul(rows(x), transpose(wHat, 0, 1)))).toEqual(y); // Ŵ x
  expect(list(convAdjointXKernel(g, w, geometry))).toEqual(list(matmul(rows(g), wHat))); // Ŵᵀ g

  const [taps, windows] = [(inChannels / groups) * sizeOf(kernelSize), sizeOf(outSize)];
  const xHat = reshape(im2col(x, { kernelSize, stride, padding, dilation }), [batch, groups, taps, windows]);
  expect(list(matmul(reshape(w, [groups, outChannels / groups, taps]), xHat))).toEqual(y); // W X̂, in every group
  const perImage = matmul(reshape(g, [batch, groups, outChannels / groups, windows]), transpose(xHat, 2, 3));
  expect(list(convAdjointWKernel(x, g, geometry))).toEqual(list(sum(perImage, { dim: 0 }))); // Σ G X̂ᵀ
}

describe("by hand", () => {
  test("a 2×2 kernel over a 3×3 image: each output is the kernel laid on the image", () => {
    const x = tensor([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 1, 3, 3]);
    const w = tensor([1, 0, 0, -1], [1, 1, 2, 2]);
    expect(list(convKernel(x, w, convGeometry(x.shape, w.shape)))).toEqual([-4, -4, -4, -4]);
  });

  test("it is a correlation: the kernel is not flipped", () => {
    const [x, w] = [tensor([[[1, 10, 100]]]), tensor([[[2, 3]]])];
    const geometry = convGeometry(x.shape, w.shape);
    expect(list(convKernel(x, w, geometry))).toEqual([32, 320]);
    expect(list(convDirect(x, w, geometry))).toEqual([32, 320]);
  });

  test("channels are summed, filters are kept apart", () => {
    const x = tensor([
      [
        [1, 2],
        [10, 20],
      ],
    ]);
    const w = tensor([
      [[1], [1]],
      [[3], [0]],
    ]);
    expect(list(convKernel(x, w, convGeometry(x.shape, w.shape)))).toEqual([11, 22, 3, 6]);
  });

  test("groups keep their channels to themselves", () => {
    const x = tensor([
      [
        [1, 2],
        [10, 20],
      ],
    ]);
    const w = tensor([[[3]], [[5]]]); // [2, 1, 1]
    expect(list(convKernel(x, w, convGeometry(x.shape, w.shape, { groups: 2 })))).toEqual([3, 6, 50, 100]);
  });

  test("the adjoint in x lays the kernel down at every output; that in w correlates image and gradient", () => {
    const [x, w, gradY] = [tensor([[[1, 10, 100]]]), tensor([[[2, 3]]]), tensor([[[1, 5]]])];
    const geometry = convGeometry(x.shape, w.shape);
    expect(list(convAdjointXKernel(gradY, w, geometry))).toEqual([2, 13, 15]);
    expect(list(convAdjointWKernel(x, gradY, geometry))).toEqual([51, 510]);
  });

  test("the adjoint in w sums over the batch", () => {
    const [x, gradY] = [tensor([[[1, 2]], [[10, 20]]]), tensor([[[1]], [[3]]])];
    const geometry = convGeometry(x.shape, [1, 1, 2]);
    expect(list(convAdjointWKernel(x, gradY, geometry))).toEqual([31, 62]);
  });
});

/** Every combination, each with its name; groups 4 is depthwise, as the images have 4 channels, each under 2 filters. */
const sweep = [1, 2, 3].flatMap((kernel) =>
  [1, 2, 3].flatMap((stride) =>
    [0, 1, 2].flatMap((padding) =>
      [1, 2].flatMap((dilation) =>
        [1, 2, 4].map((groups) => {
          const name = `kernel ${kernel}, stride ${stride}, padding ${padding}, dilation ${dilation}, groups ${groups}`;
          return { name, kernel, groups, options: { stride, padding, dilation, groups } };
        }),
      ),
    ),
  ),
);

describe("conv equals its specification and has its adjoints", () => {
  test.each(sweep)("$name", ({ kernel, groups, options }) => {
    for (const inSize of [[5], [6, 5]]) {
      const wShape = [8, 4 / groups, ...inSize.map(() => kernel)];
      check([2, 4, ...inSize], wShape, options, 1);
      checkMatrices([2, 4, ...inSize], wShape, options, 2);
    }
  });

  test("for volumes: kernel, padding and groups of 1 and 2", () => {
    for (const kernel of [1, 2])
      for (const padding of [0, 1])
        for (const groups of [1, 2])
          for (const { stride, dilation } of [
            { stride: 1, dilation: 2 },
            { stride: 2, dilation: 1 },
          ])
            checkMatrices([1, 2, 3, 4, 3], [2, 2 / groups, kernel, 2, 1], { stride, padding, dilation, groups }, 1);
  });

  test("for every rank with everything unequal", () => {
    const seen = { single: 0, skipping: 0, overhanging: 0, empty: 0, depthwise: 0 };
    fc.assert(
      fc.property(convCase, ({ xShape, wShape, options, seed }) => {
        check(xShape, wShape, options, seed);
        const { outSize, inSize, kernelSize, stride } = convGeometry(xShape, wShape, options);
        if (outSize.includes(1)) seen.single++;
        if (kernelSize.some((k, axis) => stride[axis] > k)) seen.skipping++;
        if (kernelSize.some((k, axis) => k > inSize[axis])) seen.overhanging++;
        if (xShape[0] === 0) seen.empty++;
        if (options.groups > 1 && wShape[1] === 1 && wShape[0] > options.groups) seen.depthwise++; // with a multiplier
      }),
      { ...RUNS, numRuns: 500 },
    );
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(50); // the corners were visited
  });

  test("for rank 0, which is a matrix product, also in groups", () => {
    check([3, 4], [5, 4], {}, 1);
    check([3, 4], [6, 2], { groups: 2 }, 1);
  });

  test("for a batch of 0, no channels, no filters, and empty images", () => {
    check([0, 2, 4, 4], [4, 2, 3, 3], {}, 1);
    check([2, 0, 4], [3, 0, 2], {}, 1);
    check([2, 2, 4], [0, 2, 2], {}, 1);
    check([1, 2, 0, 3], [3, 2, 2, 2], { padding: 1 }, 1);
  });

  test("an empty sum is 0: no channels make images of zeros, a batch of 0 a gradient of zeros", () => {
    const none = convGeometry([1, 0, 3], [2, 0, 2]);
    expect(list(convKernel(zeros([1, 0, 3]), zeros([2, 0, 2]), none))).toEqual([0, 0, 0, 0]);
    const empty = convGeometry([0, 1, 3], [1, 1, 2]);
    expect(list(convAdjointWKernel(zeros([0, 1, 3]), zeros([0, 1, 2]), empty))).toEqual([0, 0]);
    expect(convAdjointXKernel(zeros([0, 1, 2]), ones([1, 1, 2]), empty).shape).toEqual([0, 1, 3]);
  });
});

describe("numbers", () => {
  const onPlain = { device: plain };

  test("plain: float32 in gives float32 out, rounded once from a float64 sum", () => {
    const [big, w] = [tensor([2 ** 24, 1, 1, 1, 1], [1, 5, 1], onPlain), ones([1, 5, 1], onPlain)];
    const y = convKernel(big, w, convGeometry(big.shape, w.shape));
    expect([y.dtype, y.item()]).toEqual(["float32", 2 ** 24 + 4]);
  });

  test("plain: the adjoints sum in float64 too", () => {
    const many = [2 ** 24, 1, 1, 1, 1];
    // one pixel seen by five windows: kernel 5, five positions, the other pixels are padding
    const spread = convGeometry([1, 1, 1], [1, 1, 5], { padding: 4 });
    expect(convAdjointXKernel(tensor(many, [1, 1, 5], onPlain), ones([1, 1, 5], onPlain), spread).item()).toBe(
      2 ** 24 + 4,
    );
    const batch = convGeometry([5, 1, 1], [1, 1, 1]);
    expect(convAdjointWKernel(tensor(many, [5, 1, 1], onPlain), ones([5, 1, 1], onPlain), batch).item()).toBe(
      2 ** 24 + 4,
    );
  });

  test("plain: float32 results are those of the specification to the last bit, whose sums run in the same order", () => {
    const random = createRandom(7);
    const geometry = convGeometry([2, 3, 7, 6], [4, 3, 3, 2], { stride: [2, 1], padding: 1 });
    const [x, w] = [random.normal(geometry.xShape, onPlain), random.normal(geometry.wShape, onPlain)];
    expect(list(convKernel(x, w, geometry))).toEqual(list(convDirect(x, w, geometry)));
    expect(
      list(
        convKernel(
          tensor([[[0.1]]], undefined, onPlain),
          tensor([[[0.5]]], undefined, onPlain),
          convGeometry([1, 1, 1], [1, 1, 1]),
        ),
      ),
    ).toEqual(float32(0.05));
  });

  test("NaN and infinity stay in the windows that see them", () => {
    const x = tensor([Number.NaN, 1, 2, 3], [1, 1, 4]);
    const y = list(convKernel(x, ones([1, 1, 2]), convGeometry(x.shape, [1, 1, 2])));
    expect(y).toEqual([Number.NaN, 3, 5]);
  });

  test("an infinite gradient of one image leaves the next image's gradient alone", () => {
    const gradY = tensor([[[Number.POSITIVE_INFINITY]], [[1]]]);
    const gradX = convAdjointXKernel(gradY, ones([1, 1, 1]), convGeometry([2, 1, 1], [1, 1, 1]));
    expect(list(gradX)).toEqual([Number.POSITIVE_INFINITY, 1]);
  });

  test("the arguments stay as they are", () => {
    const geometry = convGeometry([2, 2, 5], [4, 1, 3], { groups: 2, padding: 1 });
    const [x, w, g] = [integers(geometry.xShape, 1), integers(geometry.wShape, 2), integers(geometry.yShape, 3)];
    const before = [list(x), list(w), list(g)];
    convKernel(x, w, geometry);
    convAdjointXKernel(g, w, geometry);
    convAdjointWKernel(x, g, geometry);
    expect([list(x), list(w), list(g)]).toEqual(before);
    expect(sizeOf(geometry.yShape)).toBe(g.size);
  });
});
