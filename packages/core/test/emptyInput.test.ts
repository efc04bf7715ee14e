import { describe, expect, test } from "vitest";
import * as core from "../src/index.js";
import { avgPool2d, conv2d, convTranspose2d, maxPool2d, ones, zeros } from "../src/index.js";

const w = ones([8, 4, 3, 3]);

describe("empty tensors and batches of 0 work, as in PyTorch", () => {
  test("through convolution, its adjoints and its transpose", () => {
    const none = zeros([0, 4, 6, 6]);
    expect(conv2d(none, w, { padding: 1 }).shape).toEqual([0, 8, 6, 6]);
    expect(conv2d(none, w, { padding: 1, paddingMode: "mean", bias: ones([8]) }).shape).toEqual([0, 8, 6, 6]);
    expect(core.convAdjointX(zeros([0, 8, 4, 4]), w, { inSize: 6 }).shape).toEqual([0, 4, 6, 6]);
    const gradW = core.convAdjointW(none, zeros([0, 8, 4, 4]), { kernelSize: 3 });
    expect([gradW.shape, Math.max(...gradW.dataSync())]).toEqual([[8, 4, 3, 3], 0]);
    expect(convTranspose2d(zeros([0, 2, 4, 4]), ones([2, 3, 2, 2])).shape).toEqual([0, 3, 5, 5]);
  });

  test("through pooling, linear maps, reductions and shapes", () => {
    const none = zeros([0, 2, 4, 4]);
    expect(maxPool2d(none, 2).shape).toEqual([0, 2, 2, 2]);
    expect(avgPool2d(none, 2).shape).toEqual([0, 2, 2, 2]);
    expect(core.adaptiveAvgPool2d(none, 3).shape).toEqual([0, 2, 3, 3]);
    expect(core.globalMaxPool(none).shape).toEqual([0, 2, 1, 1]);
    expect(core.linear(zeros([0, 3]), ones([4, 3])).shape).toEqual([0, 4]);
    expect(core.matmul(zeros([2, 0]), zeros([0, 3])).dataSync()).toEqual(new Float32Array(6));
    expect(core.sum(none).item()).toBe(0);
    expect(core.mean(zeros([0])).item()).toBeNaN();
    expect(core.softmax(zeros([0, 3]), 1).shape).toEqual([0, 3]);
    expect(core.softmax(zeros([3, 0]), 1).shape).toEqual([3, 0]);
    expect(core.concat([none, zeros([1, 2, 4, 4])]).shape).toEqual([1, 2, 4, 4]);
    expect(core.relu(zeros([])).shape).toEqual([]);
  });
});
