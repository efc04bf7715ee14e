import type { Claim, Expectation } from "./claim.js";
import type { Finding } from "./finding.js";
import { describe } from "./quantities.js";
import { chanceOfOrder, type Order, order } from "./statistics.js";

/**
 * What the figures say to an expectation. Where a difference was expected and none is seen, or where there are too few seeds
 * to see one, it is undecided; where none was expected and none is seen, the claim is not contradicted, which proves little.
 */
export type Outcome = "as claimed" | "not contradicted" | "against the claim" | "undecided";

/** An expectation with the figures that answer it. */
export interface Remark {
  readonly outcome: Outcome;
  readonly sentence: string;
}

/** Whether so many seeds tell models apart: if chance alone would do so in less than one case of a hundred. Five are enough. */
export const areEnough = (seeds: number): boolean => chanceOfOrder(seeds) < 0.01;

/** What was seen of a claim: a remark for each of its expectations, computed from the figures. */
export function remarksOn(claim: Claim, findings: readonly Finding[]): readonly Remark[] {
  return claim.expects.map((expectation) => remark(expectation, findings));
}

function remark({ model, is, than, of: quantity }: Expectation, findings: readonly Finding[]): Remark {
  const { head, of, format, isExact = false } = describe(quantity);
  const [one, other] = [model, than].map((name) => of(findingOf(name, findings)));
  const [left, right] = [one, other].map((values) => format(values, of(findings[0])));
  const about = (relation: string) => `${head}: ${model} (${left}) ${relation} ${than} (${right}).`;
  if (!isExact && !areEnough(one.length)) {
    return { outcome: "undecided", sentence: about("has too few seeds to be told apart from") };
  }
  const seen = order(one, other);
  const relations = { above: "is above", below: "is below", between: isExact ? "equals" : "is not told apart from" };
  return { outcome: outcomeOf(is, seen, isExact), sentence: about(relations[seen]) };
}

function outcomeOf(is: Expectation["is"], seen: Order, isExact: boolean): Outcome {
  if (seen === "between" && isExact)
    return is === "equal to" || is === "not below" ? "as claimed" : "against the claim";
  if (seen === "between") return is === "above" || is === "below" ? "undecided" : "not contradicted";
  return is === seen || (is === "not below" && seen === "above") ? "as claimed" : "against the claim";
}

function findingOf(name: string, findings: readonly Finding[]): Finding {
  const found = findings.find((finding) => finding.name === name);
  if (found === undefined) throw new Error(`remarksOn: there is no finding for the model ${name}.`);
  return found;
}
