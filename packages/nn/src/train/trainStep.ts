import { scope } from "@conv/autograd";
import { reshape } from "@conv/core";
import type { Module } from "../module.js";
import { clipGradNorm, gradNorm } from "../optim/clip.js";
import type { Optimizer } from "../optim/optimizer.js";
import type { Batch } from "./loader.js";
import { classesOf, countCorrect, type Loss, outcomeOf } from "./outputs.js";
import { placed } from "./placed.js";
import type { EpochSums, StepRecord } from "./progress.js";

/** How a step is made. */
export interface StepRule {
  readonly optimizer: Optimizer;
  readonly loss: Loss;
  readonly clipNorm: number | undefined;
}

/** One step on a batch, where the model lives, in a scope; the batch is given back. */
export async function trainStep(
  model: Module,
  batch: Batch,
  { optimizer, loss, clipNorm }: StepRule,
): Promise<{ readonly record: StepRecord; readonly sums: EpochSums }> {
  const learningRate = optimizer.lr;
  const { x, y, given, examples, dispose } = await placed("fit", model, batch);
  try {
    const results = scope(() => {
      optimizer.zeroGrad();
      const { outputs, batchLoss } = outcomeOf("fit", model, x, y, loss);
      batchLoss.backward();
      const { parameters } = optimizer;
      const norm = clipNorm === undefined ? gradNorm(parameters) : clipGradNorm(parameters, clipNorm);
      optimizer.step();
      return [reshape(batchLoss.value, batchLoss.shape), norm, classesOf(outputs, y)] as const; // tensors of our own
    });
    const read = await Promise.all([given.data(), ...results.map((result) => result?.data())]);
    for (const result of results) result?.dispose();
    const [labels = [], [value] = [], [norm] = [], classes] = read;
    const correct = countCorrect(classes, labels);
    return {
      record: { loss: value, accuracy: correct / labels.length, gradNorm: norm, examples, learningRate },
      sums: { loss: value * examples, examples, correct, labels: labels.length },
    };
  } finally {
    dispose();
  }
}
