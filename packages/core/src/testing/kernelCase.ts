import type { Kernels } from "../device/kernels.js";
import type { Tensor } from "../tensor.js";

/** A call of a kernel that every device must get right. Its tensors are float32 or int32, and live on the cpu. */
export interface KernelCase<Kernel extends (...args: never[]) => Tensor> {
  readonly name: string;
  readonly args: Readonly<Parameters<Kernel>>;
  /** What the result must equal, computed in float64. Default: the plain kernel. */
  readonly specification?: Kernel;
}

/** Cases for each of some kernels. */
export type KernelCases<Names extends keyof Kernels<Tensor>> = {
  readonly [Name in Names]: readonly KernelCase<Kernels<Tensor>[Name]>[];
};
