import type { Kernels, Tensor } from "@conv/core";
import { arithmetic } from "./kernels/arithmetic.js";
import { concat } from "./kernels/concat.js";
import { convolution } from "./kernels/conv.js";
import { elementwise } from "./kernels/elementwise.js";
import { gathering } from "./kernels/gather.js";
import { patches } from "./kernels/im2col.js";
import { matmul } from "./kernels/matmul.js";
import { padding } from "./kernels/pad.js";
import { pooling } from "./kernels/pool.js";
import { reductions } from "./kernels/reduce.js";
import { resample } from "./kernels/resample.js";
import { steps } from "./kernels/steps.js";
import { strided } from "./kernels/strided.js";
import type { Maps } from "./maps.js";

/** Every kernel of core's list: one that is missing here does not compile. */
export function gpuKernels(maps: Maps): Kernels<Tensor> {
  return {
    ...convolution(maps),
    ...padding(maps),
    ...patches(maps),
    ...pooling(maps),
    ...resample(maps),
    ...matmul(maps),
    ...arithmetic(maps),
    ...elementwise(maps),
    ...reductions(maps),
    ...strided(maps),
    ...gathering(maps),
    ...concat(maps),
    ...steps(maps),
  };
}
