import { type Golden, type GoldenTensor, goldens } from "@tooling/goldens";
import { describe, expect, test } from "vitest";
import {
  Adam,
  CosineLR,
  ExponentialLR,
  MultiStepLR,
  OneCycleLR,
  type Optimizer,
  ReduceLROnPlateau,
  type Schedule,
  SGD,
  StepLR,
  WarmupLR,
} from "../src/index.js";
import { parameter } from "./steps.js";

const classes = { StepLR, MultiStepLR, ExponentialLR, CosineLR, WarmupLR, OneCycleLR, ReduceLROnPlateau };
type Named = [keyof typeof classes, { readonly after?: Named; readonly [option: string]: unknown }];

function scheduleOf(optimizer: Optimizer, [name, { after, ...options }]: Named): Schedule {
  const rest = after === undefined ? options : { ...options, after: scheduleOf(optimizer, after) };
  return new classes[name](optimizer, rest as never);
}

function make({ params }: Golden) {
  const groups = params.lrs.map((lr: number) => ({ params: [parameter()], lr }));
  const optimizer: Optimizer = params.optimizer === "SGD" ? new SGD(groups, { momentum: 0.9 }) : new Adam(groups);
  const schedules = params.schedules.map((given: Named) => scheduleOf(optimizer, given)) as Schedule[];
  return { optimizer, schedules };
}

/** Rates and momenta of the groups. */
const look = ({ groups }: Optimizer) => [groups.map(({ lr }) => lr), groups.map((g) => g.betas?.[0] ?? g.momentum)];

/** The numbers of an output, which is kept as two halves. */
function whole({ values }: GoldenTensor): number[] {
  const size = values.length / 2;
  return Array.from({ length: size }, (_, i) => values[i] + values[size + i]);
}

describe("rates and momenta are PyTorch's, step by step", () => {
  test.each(goldens("schedules"))("$id", (golden) => {
    const { params, outputs, tolerance } = golden;
    const { optimizer, schedules } = make(golden);
    const got = [look(optimizer)];
    for (let t = 0; t < params.steps; t++) {
      for (const schedule of schedules) schedule.step(params.metrics?.[t]);
      got.push(look(optimizer));
    }
    ["lr", "momentum"].forEach((name, which) => {
      const expected = whole(outputs[name]);
      const numbers = got.flatMap((both) => both[which]) as number[];
      expect(numbers).toHaveLength(expected.length);
      const wrong = numbers.findIndex(
        (x, i) => !(Math.abs(x - expected[i]) <= tolerance.atol + tolerance.rtol * Math.abs(expected[i])),
      );
      expect(wrong < 0 ? "equal" : `${name}[${wrong}] is ${numbers[wrong]}, not ${expected[wrong]}`).toBe("equal");
    });
  });
});

describe("a schedule restored at any step goes on as if nothing had been, bit for bit", () => {
  test.each(goldens("schedules"))("$id", (golden) => {
    const { params } = golden;
    const whole = make(golden);
    for (let t = 0; t < params.steps; t++) {
      const fresh = make(golden);
      fresh.optimizer.lr = 0.7; // nothing of it remains
      fresh.optimizer.loadStateDict(whole.optimizer.stateDict());
      fresh.schedules.forEach((schedule, i) => {
        schedule.loadStateDict(JSON.parse(JSON.stringify(whole.schedules[i].stateDict())));
      });
      for (const { schedules } of [whole, fresh]) for (const schedule of schedules) schedule.step(params.metrics?.[t]);
      expect(look(fresh.optimizer)).toEqual(look(whole.optimizer));
      expect(fresh.schedules.map((s) => s.stateDict())).toEqual(whole.schedules.map((s) => s.stateDict()));
    }
  });
});
