import { type Golden, goldens } from "@tooling/goldens";
import { describe, expect, test } from "vitest";
import { check, gradientName, gradientsOf, runners } from "./goldenRunners.js";

/** Maps without a gradient, which this package does not have; those of @conv/core are tested there. */
const WITHOUT = ["argmax", "oneHot"];

/** How many cases of each operator have gradients. */
const GRADIENTS = `
  conv2d 16, conv1d 14, conv3d 11, convTranspose1d 12, convTranspose2d 7, convTranspose3d 10, im2col 11, col2im 10,
  pad 28, maxPool1d 13, maxPool2d 4, maxPool3d 9, avgPool1d 10, avgPool3d 9, adaptiveAvgPool1d 8, adaptiveAvgPool3d 6,
  adaptiveMaxPool1d 11, adaptiveMaxPool3d 8, adaptiveMaxPool2d 2, linear 7, sum 15, transpose 7, permute 7, flip 8,
  broadcastTo 8
`;

const cases = goldens("more").filter(({ op }) => !WITHOUT.includes(op));
const withGradients = cases.filter((golden) => gradientsOf(golden).length > 0);
const others = cases.filter((golden) => gradientsOf(golden).length === 0);

const run = (golden: Golden): void => check(golden, runners[golden.op]);

describe("more operators and their gradients equal PyTorch's", () => {
  test.each(withGradients)("$id", run);

  test("every case of these has the gradient of every input", () => {
    for (const golden of withGradients) {
      const { gradY: _, ...inputs } = golden.inputs;
      expect(gradientsOf(golden), golden.id).toEqual(Object.keys(inputs).map(gradientName));
    }
  });

  test("so many cases of these operators have gradients", () => {
    const counts = new Map<string, number>();
    for (const { op } of withGradients) counts.set(op, (counts.get(op) ?? 0) + 1);
    expect([...counts].map(([op, count]) => `${op} ${count}`)).toEqual(GRADIENTS.trim().split(/,\s+/));
  });
});

describe("operators on Variables give PyTorch's y where the fixtures have no gradients", () => {
  test.each(others)("$id", run);
});

test("every runner has cases in one of the sets", () => {
  const sets = ["conv1d", "conv2d", "conv3d", "convTranspose2d", "pool", "basics", "interpolate", "more"];
  const ops = new Set(sets.flatMap((set) => goldens(set).map(({ op }) => op)));
  expect([...ops].sort()).toEqual([...Object.keys(runners), ...WITHOUT].sort());
});
