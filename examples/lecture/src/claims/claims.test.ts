import { mnist } from "@conv/data";
import { describe, expect, test } from "vitest";
import { costOf } from "../cost.js";
import { type Digits, experiment } from "../experiment.js";
import { describe as describeQuantity, shiftsFor } from "../quantities.js";
import { remarksOn } from "../remarks.js";
import { rowsOf } from "../tables.js";
import { CLAIMS } from "./index.js";

/** Parameters, MACs and field of every model, by hand from the formulas at the head of its claim's file. */
const COSTS: Readonly<Record<string, Readonly<Record<string, readonly [number, number, number]>>>> = {
  shift: {
    "fully connected": [784 * 64 + 64 + 640 + 10, 784 * 64 + 640, 28],
    "convolutions, flattened": [216 + 1184 + 7850, 156_800 + 225_792 + 7840, 10],
    "convolutions, max over the plane": [216 + 1184 + 4672 + 330, 156_800 + 225_792 + 225_792 + 320, 20],
    "convolutions, mean over the plane": [216 + 1184 + 4672 + 330, 156_800 + 225_792 + 225_792 + 320, 20],
  },
  stride: {
    "stride 2": [88 + 1184 + 7850, 14_112 + 56_448 + 7840, 7],
    "max pool": [88 + 1184 + 7850, 56_448 + 225_792 + 7840, 8],
    "mean pool": [88 + 1184 + 7850, 56_448 + 225_792 + 7840, 8],
  },
  groups: {
    dense: [176 + 4672 + 9280 + 330, 28_224 + 903_168 + 451_584 + 320, 17],
    "2 groups": [176 + 2368 + 4672 + 330, 28_224 + 451_584 + 225_792 + 320, 17],
    "4 groups": [176 + 1216 + 2368 + 330, 28_224 + 225_792 + 112_896 + 320, 17],
    "depthwise + pointwise": [
      176 + (176 + 576) + (352 + 1088) + 330,
      28_224 + (28_224 + 100_352) + (14_112 + 50_176) + 320,
      17,
    ],
  },
  dilation: {
    "3×3 twice": [88 + 592 + 90, 14_112 + 112_896 + 80, 10],
    "3×3 twice, dilation 2": [88 + 592 + 90, 14_112 + 112_896 + 80, 18],
    "5×5 twice": [216 + 1616 + 90, 39_200 + 313_600 + 80, 18],
    "3×3 three times": [88 + 2 * 592 + 90, 14_112 + 2 * 112_896 + 80, 14],
    "3×3, dilation 1, 2, 4": [88 + 2 * 592 + 90, 14_112 + 2 * 112_896 + 80, 30],
    "3×3 seven times": [88 + 6 * 592 + 90, 14_112 + 6 * 112_896 + 80, 30],
    "3×3, 7×7, 7×7": [88 + 2 * 3152 + 90, 14_112 + 2 * 614_656 + 80, 30],
  },
  padding: {
    zeros: [6402, 608_704, 20],
    circular: [6402, 608_704, 20],
    mean: [6402, 608_704, 20],
    valid: [6402, 115_200 + 115_200 + 41_472 + 320, 20],
  },
};

/** A few digits: enough for the shape of the results, too few to learn from. */
async function fewDigits(): Promise<Digits> {
  const [train, test] = await Promise.all(
    (["train", "test"] as const).map((split) => mnist({ source: "digits", split })),
  );
  return { train: { ...train, length: 40 }, test: { ...test, length: 20 } };
}

test("every claim is here, under a name of its own", () => {
  expect(CLAIMS.map(({ name }) => name)).toEqual(Object.keys(COSTS));
});

describe.each(CLAIMS)("$name", (claim) => {
  test("its models cost what the formulas say", () => {
    const costs = Object.entries(claim.models).map(([name, create]) => {
      const { parameters, macs, field } = costOf(create(), [1, 28, 28]);
      return [name, [parameters, macs, field]];
    });
    expect(Object.fromEntries(costs)).toEqual(COSTS[claim.name]);
  });

  test("its expectations are about columns that are shown", () => {
    for (const { of } of claim.expects) expect(claim.columns).toContain(of);
  });

  test("in one epoch on a few digits, from one seed: every cell is filled, and nothing is concluded about accuracy", async () => {
    const steps: string[] = [];
    const findings = await experiment(claim, await fewDigits(), { seeds: 1, epochs: 1 }, (model, seed, { step }) => {
      steps.push(`${model} ${seed} ${step}`);
    });
    const names = Object.keys(claim.models);
    expect(steps).toEqual(names.flatMap((name) => [`${name} 0 1`, `${name} 0 2`]));
    expect(findings.map(({ name }) => name)).toEqual(names);
    for (const { accuracy, stepMilliseconds } of findings) {
      expect(Object.keys(accuracy)).toEqual(shiftsFor(claim.columns).map(String));
      for (const [share] of Object.values(accuracy)) expect(share * 20 * 8).toBeCloseTo(Math.round(share * 20 * 8)); // 20 digits, 8 shifts
      expect(stepMilliseconds[0]).toBeGreaterThan(0);
    }
    const rows = rowsOf(claim, findings);
    expect(rows).toHaveLength(1 + names.length);
    for (const row of rows) expect(row).toHaveLength(1 + claim.columns.length);
    expect(rows.flat().filter((cell) => /NaN|undefined|^$/.test(cell))).toEqual([]);
    remarksOn(claim, findings).forEach(({ outcome }, i) => {
      if (!describeQuantity(claim.expects[i].of).isExact) expect(outcome).toBe("undecided");
    });
  });
});
