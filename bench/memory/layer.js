// Forward and backward of one convolution, in bytes.

import { conv2d, variable } from "@conv/autograd";
import { createRandom, zeros } from "@conv/core";
import { createMeter, peakOf, scratchOf } from "./meter.js";

const FLOAT32 = 4;

/**
 * The peak of y = conv2d(x, w, { bias, padding: 1 }) and its sweep from a given gradY, beside the bytes of the tensors
 * themselves: x, w, bias and y, and the gradients of each.
 *
 * @param {{ batch: number, inChannels: number, outChannels: number, size: number, kernelSize?: number }} layer
 */
export async function measureLayer({ batch, inChannels, outChannels, size, kernelSize = 3 }) {
  const random = createRandom(0);
  const xShape = [batch, inChannels, size, size];
  const wShape = [outChannels, inChannels, kernelSize, kernelSize];
  const yShape = [batch, outChannels, size, size];
  const { device, calls } = await createMeter();
  const x = variable(random.normal(xShape, { device }));
  const w = variable(random.normal(wShape, { device }));
  const bias = variable(zeros([outChannels], { device }));
  const y = conv2d(x, w, { bias, padding: (kernelSize - 1) / 2 });
  const forward = calls.length;
  y.backward(random.normal(yShape, { device }));

  const elements = [xShape, wShape, [outChannels], yShape].map((shape) => shape.reduce((a, b) => a * b, 1));
  const tensors = 2 * FLOAT32 * elements.reduce((a, b) => a + b, 0); // each has a gradient of its size
  return {
    tensors,
    scratch: scratchOf(calls),
    peak: peakOf(calls),
    columns: FLOAT32 * batch * inChannels * kernelSize ** 2 * size ** 2,
    afterForward: calls[forward].live - FLOAT32 * elements[3], // without gradY, which was just made
    kept: FLOAT32 * elements.reduce((a, b) => a + b, 0),
    calls,
  };
}
