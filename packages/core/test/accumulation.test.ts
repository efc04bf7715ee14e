import { expect, test } from "vitest";
import * as core from "../src/index.js";
import { ones, tensor } from "../src/index.js";
import { plain } from "../src/testing/specification.js";

// 2²⁴ + 1 rounds to 2²⁴ in float32, so a sum that is formed there loses every 1. Formed in float64 it keeps them all, as
// the plain kernels' are. Those of products in WebAssembly are formed in float32, as everywhere where speed counts.
const TERMS = [2 ** 24, 1, 1, 1, 1];
const SUM = 2 ** 24 + 4;

const row = (...shape: number[]) => tensor(TERMS, shape);
/** The same, and ones, where the plain kernels compute. */
const plainRow = (...shape: number[]) => row(...shape).to(plain);
const plainOnes = (...shape: number[]) => ones(shape, { device: plain });
/** Columns of five windows over one pixel: window i sees it with tap 4 − i. */
const diagonal = core.reshape(core.mul(core.flip(core.eye(5), 0), row(5)), [1, 5, 5]);
const zeroth = tensor(Int32Array.of(0, 0, 0, 0, 0));

test.each<[string, core.Tensor]>([
  ["sum", core.sum(row(5))],
  ["sum along an axis that is not the last", core.sum(row(5, 1), { dim: 0 })],
  ["mean", core.mul(core.mean(row(5)), 5)],
  ["linear, plain", core.linear(plainRow(1, 5), plainOnes(1, 5))],
  ["matmul, plain", core.matmul(plainRow(5), plainOnes(5))],
  ["conv1d over taps, plain", core.conv1d(plainRow(1, 1, 5), plainOnes(1, 1, 5))],
  ["conv1d over channels, plain", core.conv1d(plainRow(1, 5, 1), plainOnes(1, 5, 1))],
  ["convAdjointX, plain", core.convAdjointX(plainRow(1, 1, 5), plainOnes(1, 1, 5), { inSize: 1, padding: 4 })],
  ["convAdjointW over positions, plain", core.convAdjointW(plainRow(1, 1, 5), plainOnes(1, 1, 5), { kernelSize: 1 })],
  ["convAdjointW over the batch, plain", core.convAdjointW(plainRow(5, 1, 1), plainOnes(5, 1, 1), { kernelSize: 1 })],
  ["convTranspose1d, plain", core.convTranspose1d(plainRow(1, 1, 5), plainOnes(1, 1, 5), { padding: 4 })],
  ["col2im", core.col2im(diagonal, { kernelSize: 5, inSize: [1], padding: 4 })],
  ["padAdjoint, replicate", core.padAdjoint(row(5), [[4, 0]], { inSize: [1], mode: "replicate" })],
  ["padAdjoint, mean", core.padAdjoint(row(5), [[4, 0]], { inSize: [1], mode: "mean" })],
  ["avgPool1d", core.avgPool1d(row(1, 1, 5), 5, { divisorOverride: 1 })],
  ["avgPoolAdjoint", core.avgPoolAdjoint(row(1, 1, 5), 5, { inSize: [5], stride: 1, padding: 2, divisorOverride: 1 })],
  ["globalAvgPool", core.mul(core.globalAvgPool(row(1, 1, 5)), 5)],
  ["maxPoolAdjoint", core.maxPoolAdjoint(row(1, 5), core.reshape(zeroth, [1, 5]), { inSize: [1] })],
])("%s adds up in float64 and rounds once", (name, y) => {
  const isSpread = name === "avgPoolAdjoint"; // the middle pixel is seen by every window
  expect(y.dataSync()[isSpread ? 2 : 0]).toBe(SUM);
});
