import { allocate, type Tensor, valuesOf } from "../tensor.js";
import type { ConvGeometry } from "./geometry.js";

/**
 * Convolution by nested loops, straight from the definition: the specification that every fast one is tested against.
 *
 *     y[n, o, i] = Σ x̃[n, c₀ + c, i·s + p·d − before] · w[o, c, p]     over channels c and taps p
 *
 * i and p run over all spatial axes, x̃ is zero outside the image, c₀ is the first channel of the group of o.
 */
export function convDirect(x: Tensor, w: Tensor, geometry: ConvGeometry): Tensor {
  const y = allocate(x.device, geometry.yShape, x.dtype);
  const [xs, ws, ys] = [valuesOf(x), valuesOf(w), valuesOf(y)];
  const { batch, groups, inChannels, outChannels } = geometry;
  const [channels, filters] = [inChannels / groups, outChannels / groups];
  const [inD, inH, inW] = threeAxes(geometry.inSize, 1);
  const [kernelD, kernelH, kernelW] = threeAxes(geometry.kernelSize, 1);
  const [outD, outH, outW] = threeAxes(geometry.outSize, 1);
  const [strideD, strideH, strideW] = threeAxes(geometry.stride, 1);
  const [dilationD, dilationH, dilationW] = threeAxes(geometry.dilation, 1);
  const [beforeD, beforeH, beforeW] = threeAxes(
    geometry.padding.map(([before]) => before),
    0,
  );

  let at = 0;
  for (let n = 0; n < batch; n++)
    for (let o = 0; o < outChannels; o++)
      for (let od = 0; od < outD; od++)
        for (let oh = 0; oh < outH; oh++)
          for (let ow = 0; ow < outW; ow++) {
            const firstChannel = Math.floor(o / filters) * channels;
            let sum = 0;
            for (let c = 0; c < channels; c++)
              for (let kd = 0; kd < kernelD; kd++)
                for (let kh = 0; kh < kernelH; kh++)
                  for (let kw = 0; kw < kernelW; kw++) {
                    const d = od * strideD + kd * dilationD - beforeD;
                    const h = oh * strideH + kh * dilationH - beforeH;
                    const w = ow * strideW + kw * dilationW - beforeW;
                    if (d < 0 || d >= inD || h < 0 || h >= inH || w < 0 || w >= inW) continue;
                    const pixel = (((n * inChannels + firstChannel + c) * inD + d) * inH + h) * inW + w;
                    const weight = (((o * channels + c) * kernelD + kd) * kernelH + kh) * kernelW + kw;
                    sum += xs[pixel] * ws[weight];
                  }
            ys[at++] = sum;
          }
  return y;
}

/** An entry for each of three axes; the missing outer ones are `neutral`. */
function threeAxes(entries: readonly number[], neutral: number): readonly number[] {
  return [neutral, neutral, neutral, ...entries].slice(-3);
}
