import type { FitStep } from "@conv/nn";
import type { Settings } from "./settings.js";

/** How a run went: a number for every step, and the examinations. Time is in epochs. */
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

/** Writes down a step. */
export function record(curve: Curve, { loss, accuracy, epoch, step, steps, validation }: FitStep): void {
  const time = epoch - 1 + step / steps;
  curve.time.push(time);
  curve.loss.push(loss);
  curve.accuracy.push(accuracy);
  if (validation !== undefined) curve.exams.push({ time, loss: validation.loss, accuracy: validation.accuracy });
}

/** What is drawn of a curve: at most so many points. */
export interface Line {
  readonly x: number[];
  readonly y: number[];
}

/**
 * A line through noisy values: means that forget exponentially, over about `memory` steps, without the bias towards 0 of
 * their beginning (as Adam's, Kingma & Ba 2015); thinned to `most` points, the last of them the newest.
 */
export function smooth(x: readonly number[], y: readonly number[], memory = 12, most = 500): Line {
  const line: Line = { x: [], y: [] };
  const every = Math.max(1, Math.ceil(x.length / most));
  const keep = 1 - 1 / memory;
  let [sum, weight] = [0, 0];
  for (let i = 0; i < x.length; i++) {
    sum = keep * sum + y[i];
    weight = keep * weight + 1;
    if ((x.length - 1 - i) % every !== 0) continue;
    line.x.push(x[i]);
    line.y.push(sum / weight);
  }
  return line;
}
