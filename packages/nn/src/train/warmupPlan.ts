import { type DType, type Shape, type Tensor, zeros } from "@conv/core";
import { checkChoice, checkInteger, checkNumber, checkOptions, formatShape, formatValue } from "@conv/core/operators";
import { crossEntropy } from "../losses/crossEntropy.js";
import { Module } from "../module.js";
import { Optimizer } from "../optim/optimizer.js";
import type { Loss } from "./outputs.js";

/** The options of `warmup`. */
export interface WarmupOptions {
  /** That of `fit`: its kernels run too. Default: none. */
  readonly optimizer?: Optimizer;
  /** That of `fit` and `evaluate`. Default `crossEntropy`. */
  readonly loss?: Loss;
  /** That of `fit`. Default: no limit. */
  readonly clipNorm?: number | undefined;
  /**
   * How many examples batches of training have: kernels are made for one size. The last batch of a pass is often smaller.
   * Default: that of `inputShape`; none, `[]`: no training step is run.
   */
  readonly batchSizes?: readonly number[];
  /** How many examples batches of `evaluate` and `validate` have. Default: `batchSizes`; none, `[]`: nothing is evaluated. */
  readonly evalBatchSizes?: readonly number[];
  /**
   * Targets for outputs of this shape, where the loader has them: `zeros` for `mseLoss`, say. Default: labels, int32 [N, …] for
   * outputs [N, C, …].
   */
  readonly target?: (outputShape: Shape) => Tensor;
  /** The type of the inputs' elements. Default `"float32"`. */
  readonly dtype?: DType;
}

/** What is to be done; nothing is left out but the options that say "none". */
export interface Plan {
  readonly model: Module;
  readonly example: Shape;
  readonly dtype: DType;
  readonly optimizer: Optimizer | undefined;
  readonly loss: Loss;
  readonly clipNorm: number | undefined;
  readonly batchSizes: readonly number[];
  readonly evalBatchSizes: readonly number[];
  readonly target: (outputShape: Shape) => Tensor;
}

const OPTIONS = [...["optimizer", "loss", "clipNorm", "batchSizes", "evalBatchSizes", "target", "dtype"]];

/**
 * What `warmup` is to do.
 *
 * @throws {TypeError} When the model is not a Module, inputShape not a shape, or an option unknown or something else.
 * @throws {RangeError} When an option is out of range.
 */
export function planOf(model: Module, inputShape: Shape, options: WarmupOptions): Plan {
  checkOptions("warmup", options, OPTIONS);
  if (!(model instanceof Module)) throw new TypeError(`warmup: the model must be a Module, got ${formatValue(model)}.`);
  if (!Array.isArray(inputShape) || inputShape.length === 0) {
    throw new TypeError(
      `warmup: inputShape must be a shape with the batch, such as [32, 3, 224, 224], got ${formatValue(inputShape)}.`,
    );
  }
  for (const n of inputShape) checkInteger("warmup", `each axis of ${formatShape(inputShape)}`, n, 1);
  const { optimizer, loss = crossEntropy, clipNorm, target = labelsFor, dtype = "float32" } = options;
  if (optimizer !== undefined && !(optimizer instanceof Optimizer)) {
    throw new TypeError(`warmup: the optimizer must be an Optimizer, got ${formatValue(optimizer)}.`);
  }
  for (const [name, fn] of Object.entries({ loss, target })) {
    if (typeof fn !== "function") throw new TypeError(`warmup: ${name} must be a function, got ${formatValue(fn)}.`);
  }
  if (clipNorm !== undefined && !(checkNumber("warmup", "clipNorm", clipNorm) > 0)) {
    throw new RangeError(`warmup: clipNorm must be above 0, got ${clipNorm}. Leave it out to clip nothing.`);
  }
  checkChoice("warmup", "dtype", dtype, ["float32", "float64", "int32"]);
  const [size, ...example] = inputShape as readonly number[];
  const batchSizes = sizesOf("batchSizes", options.batchSizes ?? [size]);
  const evalBatchSizes = sizesOf("evalBatchSizes", options.evalBatchSizes ?? batchSizes);
  if (batchSizes.length + evalBatchSizes.length === 0) {
    throw new RangeError("warmup: there is nothing to run. Give batchSizes or evalBatchSizes a size.");
  }
  return { model, example, dtype, optimizer, loss, clipNorm, batchSizes, evalBatchSizes, target };
}

function sizesOf(option: string, sizes: readonly number[]): readonly number[] {
  if (!Array.isArray(sizes)) {
    throw new TypeError(`warmup: ${option} must be an array of sizes, got ${formatValue(sizes)}. Write [32].`);
  }
  return [...new Set(sizes.map((n: number) => checkInteger("warmup", `each of ${option}`, n, 1)))];
}

/** Labels 0, int32: one for each example, or position of it. */
function labelsFor(outputShape: Shape): Tensor {
  const [batch, classes, ...positions] = outputShape;
  if (classes !== undefined) return zeros([batch, ...positions], { dtype: "int32" });
  throw new TypeError(
    `the outputs have the shape ${formatShape(outputShape)}, which is not [N, C, …] of classes that labels could name. Say what ` +
      "the targets are: { target: zeros }, if they are numbers.",
  );
}
