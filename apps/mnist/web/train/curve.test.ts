import { describe, expect, test } from "vitest";
import { emptyCurve, record, smooth } from "./curve.js";

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

test("a curve's time is in epochs; examinations stand where they were", () => {
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
    for (const most of [1, 7, 500, 999, 1000, 2000]) {
      const line = smooth(x, x, 12, most);
      expect(line.x.length).toBeLessThanOrEqual(most);
      expect(line.x.at(-1)).toBe(999);
      expect(line.y).toHaveLength(line.x.length);
    }
    expect(smooth([], [])).toEqual({ x: [], y: [] });
  });
});
