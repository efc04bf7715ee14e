import type { RandomState } from "@conv/core";
import type { Evaluation } from "./evaluate.js";

/** A place in a training run, between two steps. */
export interface Position {
  /** Epochs that are complete. */
  readonly epoch: number;
  /** Steps of the next epoch that are done. */
  readonly step: number;
  /** Steps of that epoch in all, if it has begun: with another number, batches would be others. */
  readonly steps?: number;
  /** The state of the loader's generator before that epoch's pass, if it has one; with `last`, after it. */
  readonly random?: RandomState | undefined;
  /** The state of the generator of `validate` before its next pass, if it has one that is not the loader's too. */
  readonly validation?: RandomState | undefined;
  /** Sums over the steps of the epoch that are done. */
  readonly sums?: EpochSums;
  /** The epoch's last step, if its validation was interrupted: it is made up for. */
  readonly last?: StepRecord;
}

/** Sums over steps. */
export interface EpochSums {
  /** Of the losses, each times the examples of its batch. */
  readonly loss: number;
  readonly examples: number;
  /** Labels that were recognised, of so many. NaN when the targets are no labels. */
  readonly correct: number;
  readonly labels: number;
}

/** What came out of one step. */
export interface StepRecord {
  /** The batch's loss, before the step. */
  readonly loss: number;
  /** Share of the batch's labels that were recognised, 0 to 1, before the step. NaN when the targets are no labels. */
  readonly accuracy: number;
  /** Norm of all gradients together, before clipping. */
  readonly gradNorm: number;
  /** Examples in the batch. */
  readonly examples: number;
  /** The rate of this step: that of the optimizer's first group. */
  readonly learningRate: number;
}

/** What callbacks and schedules look at. */
export interface Metrics {
  readonly loss: number;
  readonly accuracy: number;
}

/** What one training step did. */
export interface FitStep extends StepRecord {
  /** 1 for the first pass over the loader. */
  readonly epoch: number;
  readonly epochs: number;
  /** 1 for the first step of an epoch. */
  readonly step: number;
  /** Steps in an epoch. */
  readonly steps: number;
  /** Training speed since `fit` began, in examples per second, without validation. */
  readonly examplesPerSecond: number;
  /** Means over the examples of the epoch, while the weights changed: on its last step. */
  readonly training?: Metrics;
  /** How the model does on `validate`: on the last step of an epoch, unless it was interrupted. */
  readonly validation?: Evaluation;
  /** Where the run stands after this step, for `toCheckpoint`. */
  readonly position: Position;
}

/** Sums of nothing. */
export const NO_SUMS: EpochSums = { loss: 0, examples: 0, correct: 0, labels: 0 };

export const addSums = (a: EpochSums, b: EpochSums): EpochSums => ({
  loss: a.loss + b.loss,
  examples: a.examples + b.examples,
  correct: a.correct + b.correct,
  labels: a.labels + b.labels,
});

export const meansOf = ({ loss, examples, correct, labels }: EpochSums): Metrics => ({
  loss: loss / examples,
  accuracy: correct / labels,
});

/** The metrics of an epoch: those of the validation, or without it of the training; undefined within an epoch. */
export const epochMetrics = ({ validation, training }: FitStep): Metrics | undefined => validation ?? training;

/**
 * What is monitored.
 *
 * @throws {TypeError} When there is no accuracy to look at.
 */
export function metricOf(name: string, monitor: "loss" | "accuracy", metrics: Metrics): number {
  if (monitor === "accuracy" && Number.isNaN(metrics.accuracy)) {
    throw new TypeError(`${name}: there is no accuracy, since the targets are no labels. Use { monitor: "loss" }.`);
  }
  return metrics[monitor];
}
