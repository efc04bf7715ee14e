import { scope, variable } from "@conv/autograd";
import { reshape } from "@conv/core";
import type { Module } from "../module.js";
import { clipGradNorm, gradNorm } from "../optim/clip.js";
import type { Optimizer } from "../optim/optimizer.js";
import { examplesOf } from "./checkInputs.js";
import type { Batch } from "./loader.js";
import { classesOf, countCorrect, type Loss, lossOf } from "./outputs.js";
import type { EpochSums, StepRecord } from "./progress.js";

/** How a step is made. */
export interface StepRule {
  readonly optimizer: Optimizer;
  readonly loss: Loss;
  readonly clipNorm: number | undefined;
}

/** One step on a batch, in a scope; the batch is given back. */
export async function trainStep(
  model: Module,
  batch: Batch,
  { optimizer, loss, clipNorm }: StepRule,
): Promise<{ readonly record: StepRecord; readonly sums: EpochSums }> {
  const learningRate = optimizer.lr;
  try {
    const examples = examplesOf("fit", batch);
    const results = scope(() => {
      optimizer.zeroGrad();
      const outputs = model.forward(variable(batch.x, { requiresGrad: false }));
      const batchLoss = lossOf("fit", loss, outputs, batch.y);
      batchLoss.backward();
      const { parameters } = optimizer;
      const norm = clipNorm === undefined ? gradNorm(parameters) : clipGradNorm(parameters, clipNorm);
      optimizer.step();
      return [reshape(batchLoss.value, batchLoss.shape), norm, classesOf(outputs, batch.y)] as const; // tensors of our own
    });
    const read = await Promise.all([batch.y.data(), ...results.map((result) => result?.data())]);
    for (const result of results) result?.dispose();
    const [labels = [], [value] = [], [norm] = [], classes] = read;
    const correct = countCorrect(classes, labels);
    return {
      record: { loss: value, accuracy: correct / labels.length, gradNorm: norm, examples, learningRate },
      sums: { loss: value * examples, examples, correct, labels: labels.length },
    };
  } finally {
    batch?.dispose?.();
  }
}
