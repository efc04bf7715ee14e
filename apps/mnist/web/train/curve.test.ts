import { describe, expect, test } from "vitest";
import { cutAt, emptyCurve, record, smooth } from "./curve.js";
import { atBatchSize } from "./resume.js";

const position = { epoch: 0, step: 1 };
const step = {
  loss: 2,
  accuracy: 0.5,
  gradNorm: 1,
  examples: 4,
  learningRate: 1,
  epoch: 2,
  epochs: 3,
  steps: 4,
  position,
};
const shared = { examplesPerSecond: 1, ...step };

test("a curve's time is in epochs; validations stand where they were", () => {
  const curve = emptyCurve();
  record(curve, { ...shared, step: 3 });
  record(curve, { ...shared, step: 4, validation: { loss: 1, accuracy: 0.75, predictions: [], labels: [] } });
  expect(curve).toEqual({
    time: [1.75, 2],
    loss: [2, 2],
    accuracy: [0.5, 0.5],
    exams: [{ time: 2, loss: 1, accuracy: 0.75 }],
  });
});

test("a last step that comes again, its validation made up for, is one step", () => {
  const curve = emptyCurve();
  record(curve, { ...shared, step: 3 });
  record(curve, { ...shared, step: 4 });
  record(curve, { ...shared, step: 4, validation: { loss: 1, accuracy: 0.75, predictions: [], labels: [] } });
  record(curve, { ...shared, epoch: 3, step: 1 });
  expect(curve.time).toEqual([1.75, 2, 2.25]);
  expect(curve.exams).toHaveLength(1);
});

test("time never goes back, whatever the batch size becomes", () => {
  for (let step = 0; step <= 45; step++) {
    for (const [before, after, steps] of [
      [32, 128, 12],
      [32, 8, 180],
    ]) {
      const curve = emptyCurve();
      if (step > 0) record(curve, { ...shared, epoch: 1, step, steps: 45 });
      const there = atBatchSize({ epoch: 0, step, steps: 45 }, before, after, steps);
      if (there.step < steps) record(curve, { ...shared, epoch: 1, step: there.step + 1, steps });
      expect(curve.time).toEqual([...curve.time].sort((a, b) => a - b));
      expect(curve.loss).toHaveLength(curve.time.length);
    }
  }
});

test("a run that went back to where it was saved lost what came later", () => {
  const curve = emptyCurve();
  for (let epoch = 1; epoch <= 3; epoch++) {
    for (let step = 1; step <= 4; step++) {
      const validation = step === 4 ? { loss: 1, accuracy: 1, predictions: [], labels: [] } : undefined;
      record(curve, { ...shared, epoch, step, ...(validation && { validation }) });
    }
  }
  cutAt(curve, { epoch: 1, step: 3, steps: 4 });
  expect(curve.time).toEqual([0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75]);
  expect([curve.loss.length, curve.accuracy.length, curve.exams.length]).toEqual([7, 7, 1]);
  cutAt(curve, { epoch: 1, step: 0 });
  expect(curve.time).toHaveLength(4);
});

describe("smooth", () => {
  const x = Array.from({ length: 1000 }, (_, i) => i);

  test("keeps what is constant, from the first point on", () => {
    const { y } = smooth(
      x,
      x.map(() => 3),
    );
    for (const value of y) expect(value).toBeCloseTo(3, 12);
  });

  test("is the mean with exponential weights", () => {
    expect(smooth([0, 1, 2], [4, 8, 0], 2).y).toEqual([4, (4 / 2 + 8) / 1.5, (4 / 4 + 8 / 2) / 1.75]);
  });

  test("thins to at most so many points, and keeps the newest", () => {
    for (const most of [2, 7, 500, 999, 1000, 2000]) {
      const line = smooth(x, x, 12, most);
      expect(line.x.length).toBeLessThanOrEqual(most);
      expect(line.x.at(-1)).toBe(999);
      expect(line.y).toHaveLength(line.x.length);
    }
    expect(smooth([], [])).toEqual({ x: [], y: [] });
  });
});
