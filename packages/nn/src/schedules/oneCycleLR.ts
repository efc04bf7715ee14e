import { checkBoolean, checkChoice, checkInteger, checkOptions } from "@conv/core/operators";
import type { ParameterGroup } from "../optim/groups.js";
import type { Optimizer } from "../optim/optimizer.js";
import { atLeastZero } from "../options.js";
import { CountedSchedule, checkOptimizer, perGroup, type ScheduleOptions } from "./schedule.js";

/** The options of `OneCycleLR`. A number holds for all groups; an array has one for each. */
export interface OneCycleLROptions extends ScheduleOptions {
  /** The highest rate. */
  readonly maxLr: number | readonly number[];
  /** Steps of the cycle. Default: epochs · stepsPerEpoch. */
  readonly totalSteps?: number;
  readonly epochs?: number;
  readonly stepsPerEpoch?: number;
  /** Share of the steps in which the rate rises. Default 0.3. */
  readonly pctStart?: number;
  /** Along half a cosine or a straight line. Default `"cos"`. */
  readonly annealStrategy?: "cos" | "linear";
  /** Whether momentum, or Adam's β₁, goes the other way. Default true. */
  readonly cycleMomentum?: boolean;
  /** Momentum where the rate is highest. Default 0.85. */
  readonly baseMomentum?: number | readonly number[];
  /** Momentum at both ends. Default 0.95. */
  readonly maxMomentum?: number | readonly number[];
  /** The first rate is maxLr / divFactor. Default 25. */
  readonly divFactor?: number;
  /** The last rate is the first / finalDivFactor. Default 10 000. */
  readonly finalDivFactor?: number;
  /** Falls first to the first rate, as slowly as it rose, then to the last. Default false: at once to the last. */
  readonly threePhase?: boolean;
}

const OPTIONS = [
  ...["maxLr", "totalSteps", "epochs", "stepsPerEpoch", "pctStart", "annealStrategy", "cycleMomentum"],
  ...["baseMomentum", "maxMomentum", "divFactor", "finalDivFactor", "threePhase", "every"],
];

/** The value at the share `part` of the way from one to the other. */
const STRATEGIES = {
  cos: (from: number, to: number, part: number) => to + ((from - to) / 2) * (1 + Math.cos(Math.PI * part)),
  linear: (from: number, to: number, part: number) => (to - from) * part + from,
};

/** Where a phase ends, and between which of the rates and momenta it leads: first, highest, last. */
interface Phase {
  readonly end: number;
  readonly lr: readonly [Level, Level];
}
type Level = "first" | "max" | "last";

/**
 * One cycle: the rate rises from maxLr / divFactor to maxLr, and falls far below where it began; momentum, or β₁, falls and
 * rises. It sets the rates itself, whatever those of the optimizer. Stepped after every training step, unless `every` is
 * `"epoch"`.
 *
 * @throws {RangeError} When an option is out of range; in `step`, when the cycle is over.
 * @throws {TypeError} When the number of steps is missing, or the optimizer has no momentum to cycle.
 * @see Smith and Topin, "Super-convergence" (arXiv:1708.07120); PyTorch's `OneCycleLR`.
 */
export class OneCycleLR extends CountedSchedule {
  constructor(optimizer: Optimizer, options: OneCycleLROptions) {
    checkOptions("OneCycleLR", options, OPTIONS);
    checkOptimizer("OneCycleLR", optimizer);
    const { annealStrategy = "cos", cycleMomentum = true, divFactor = 25, finalDivFactor = 1e4 } = options;
    const { baseMomentum = 0.85, maxMomentum = 0.95, every = "step" } = options;
    const totalSteps = stepsOf(options);
    const phases = phasesOf(totalSteps, options);
    const anneal = STRATEGIES[checkChoice("OneCycleLR", "annealStrategy", annealStrategy, ["cos", "linear"])];
    const maxLrs = perGroup("OneCycleLR", "maxLr", options.maxLr, optimizer, atLeastZero);
    const low = perGroup("OneCycleLR", "baseMomentum", baseMomentum, optimizer, atLeastZero);
    const high = perGroup("OneCycleLR", "maxMomentum", maxMomentum, optimizer, atLeastZero);
    checkDivisor("divFactor", divFactor);
    checkDivisor("finalDivFactor", finalDivFactor);
    if (checkBoolean("OneCycleLR", "cycleMomentum", cycleMomentum)) expectMomentum(optimizer);
    super("OneCycleLR", optimizer, every, (group, step, _base, _isJump, i) => {
      const first = maxLrs[i] / divFactor;
      const rates = { first, max: maxLrs[i], last: first / finalDivFactor };
      const momenta = { first: high[i], max: low[i], last: high[i] };
      const { from, to, part } = placeOf(step, totalSteps, phases);
      group.lr = anneal(rates[from], rates[to], part);
      if (cycleMomentum) setMomentum(group, anneal(momenta[from], momenta[to], part));
    });
  }
}

function stepsOf({ totalSteps, epochs, stepsPerEpoch }: OneCycleLROptions): number {
  if (totalSteps !== undefined) return checkInteger("OneCycleLR", "totalSteps", totalSteps, 1);
  if (epochs === undefined || stepsPerEpoch === undefined) {
    throw new TypeError("OneCycleLR: the number of steps is missing. Pass totalSteps, or epochs and stepsPerEpoch.");
  }
  return (
    checkInteger("OneCycleLR", "epochs", epochs, 1) * checkInteger("OneCycleLR", "stepsPerEpoch", stepsPerEpoch, 1)
  );
}

function phasesOf(totalSteps: number, { pctStart = 0.3, threePhase = false }: OneCycleLROptions): Phase[] {
  if (!(atLeastZero("OneCycleLR", "pctStart", pctStart) <= 1)) {
    throw new RangeError(`OneCycleLR: pctStart must be from 0 to 1, got ${pctStart}.`);
  }
  const rise: Phase = { end: pctStart * totalSteps - 1, lr: ["first", "max"] };
  if (!checkBoolean("OneCycleLR", "threePhase", threePhase))
    return [rise, { end: totalSteps - 1, lr: ["max", "last"] }];
  const fall: Phase = { end: 2 * pctStart * totalSteps - 2, lr: ["max", "first"] };
  return [rise, fall, { end: totalSteps - 1, lr: ["first", "last"] }];
}

/** The phase of a step, and which share of it is over. */
function placeOf(step: number, totalSteps: number, phases: readonly Phase[]) {
  if (step > totalSteps) {
    throw new RangeError(
      `OneCycleLR: the cycle has ${totalSteps} steps and is over, but was asked for step ${step}. Make it as long as the run.`,
    );
  }
  const found = phases.findIndex(({ end }) => step <= end);
  const at = found < 0 ? phases.length - 1 : found;
  const { end, lr } = phases[at];
  const [from, to] = lr;
  const start = at === 0 ? 0 : phases[at - 1].end;
  return { from, to, part: end === start ? 1 : (step - start) / (end - start) };
}

function checkDivisor(option: string, value: number): void {
  if (!(atLeastZero("OneCycleLR", option, value) > 0)) {
    throw new RangeError(`OneCycleLR: ${option} must be above 0, got ${value}.`);
  }
}

function expectMomentum({ groups }: Optimizer): void {
  if (groups.every((group) => "betas" in group || "momentum" in group)) return;
  throw new TypeError("OneCycleLR: this optimizer has no momentum to cycle. Pass { cycleMomentum: false }.");
}

function setMomentum(group: ParameterGroup, value: number): void {
  if (group.betas === undefined) group.momentum = value;
  else group.betas = [value, group.betas[1]];
}
