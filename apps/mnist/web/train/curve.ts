import type { FitStep, Position } from "@conv/nn";
import type { Settings } from "./settings.js";

/** How a run went: a number for every step, and the validations. Time is in epochs. */
export interface Curve {
  readonly time: number[];
  readonly loss: number[];
  readonly accuracy: number[];
  readonly exams: { readonly time: number; readonly loss: number; readonly accuracy: number }[];
}

/** A curve of nothing yet. */
export const emptyCurve = (): Curve => ({ time: [], loss: [], accuracy: [], exams: [] });

/** A run: what was asked for, and how it went. */
export interface Run {
  readonly id: number;
  readonly settings: Settings;
  readonly curve: Curve;
}

/**
 * Writes down a step. The last one of an epoch comes again if its validation was interrupted. Time never goes back: after a
 * change of the batch size a part of a batch may come again.
 */
export function record(curve: Curve, { loss, accuracy, epoch, step, steps, validation }: FitStep): void {
  const last = curve.time.length - 1;
  const time = Math.max(epoch - 1 + step / steps, curve.time[last] ?? 0);
  const at = step === steps && curve.time[last] === epoch ? last : last + 1;
  curve.time[at] = time;
  curve.loss[at] = loss;
  curve.accuracy[at] = accuracy;
  if (validation !== undefined) curve.exams.push({ time, loss: validation.loss, accuracy: validation.accuracy });
}

/** Takes back what came after a place in the run. */
export function cutAt(curve: Curve, { epoch, step, steps = 1 }: Position): void {
  const time = epoch + step / steps + 1e-9; // of the same fraction, computed in another way
  const length = curve.time.filter((each) => each <= time).length;
  for (const numbers of [curve.time, curve.loss, curve.accuracy]) numbers.length = length;
  curve.exams.length = curve.exams.filter((exam) => exam.time <= time).length;
}

/** What is drawn of a curve: at most so many points. */
export interface Line {
  readonly x: number[];
  readonly y: number[];
}

/**
 * A line through noisy values: means that forget exponentially, over about `memory` steps, without the bias towards 0 of
 * their beginning (as Adam's, Kingma & Ba 2015); thinned to `most` points, of which the first and the newest are.
 */
export function smooth(x: readonly number[], y: readonly number[], memory = 12, most = 500): Line {
  const line: Line = { x: [], y: [] };
  const every = Math.max(1, Math.ceil(x.length / (most - 1))); // counted from the first, so that points stay where they are
  const keep = 1 - 1 / memory;
  let [sum, weight] = [0, 0];
  for (let i = 0; i < x.length; i++) {
    sum = keep * sum + y[i];
    weight = keep * weight + 1;
    if (i % every !== 0 && i !== x.length - 1) continue;
    line.x.push(x[i]);
    line.y.push(sum / weight);
  }
  return line;
}
