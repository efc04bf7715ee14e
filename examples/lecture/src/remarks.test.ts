import { describe, expect, test } from "vitest";
import { type Claim, claim } from "./claim.js";
import type { Finding } from "./finding.js";
import { type Outcome, remarksOn } from "./remarks.js";

const finding = (name: string, accuracy: readonly number[], parameters = 10): Finding => ({
  name,
  cost: { parameters, macs: 1000, field: 5 },
  accuracy: { 0: accuracy },
  stepMilliseconds: accuracy.map(() => 2),
});

const create = () => {
  throw new Error("No model is needed for a remark.");
};

type Expects = Claim<"a" | "b">["expects"][number];

const remarkOn = (expects: Expects, findings: readonly Finding[]) =>
  remarksOn(
    claim({ name: "n", title: "t", says: "s", models: { a: create, b: create }, columns: [], expects: [expects] }),
    findings,
  )[0];

const HIGH = [0.9, 0.92, 0.91, 0.93, 0.9];
const LOW = [0.5, 0.52, 0.51, 0.53, 0.5];
const WIDE = [0.5, 0.95, 0.7, 0.9, 0.8];

test("a remark names the quantity, the models, and their figures", () => {
  const expects: Expects = { model: "a", is: "above", than: "b", of: "accuracy" };
  expect(remarkOn(expects, [finding("a", HIGH), finding("b", LOW)])).toMatchInlineSnapshot(`
    {
      "outcome": "as claimed",
      "sentence": "accuracy: a (91.2 ± 1.3 %) is above b (51.2 ± 1.3 %).",
    }
  `);
});

describe("accuracy", () => {
  test.each<[Expects["is"], string, readonly number[], readonly number[], Outcome]>([
    ["above", "above", HIGH, LOW, "as claimed"],
    ["above", "not told apart", HIGH, WIDE, "undecided"],
    ["above", "below", LOW, HIGH, "against the claim"],
    ["below", "below", LOW, HIGH, "as claimed"],
    ["below", "not told apart", WIDE, HIGH, "undecided"],
    ["not below", "above", HIGH, LOW, "as claimed"],
    ["not below", "not told apart", HIGH, WIDE, "not contradicted"],
    ["not below", "below", LOW, HIGH, "against the claim"],
    ["equal to", "above", HIGH, LOW, "against the claim"],
  ])("expected %s, seen %s", (is, _, a, b, outcome) => {
    expect(remarkOn({ model: "a", is, than: "b", of: "accuracy" }, [finding("a", a), finding("b", b)]).outcome).toBe(
      outcome,
    );
  });

  test("four seeds decide nothing, however far the models are apart", () => {
    const findings = [finding("a", HIGH.slice(1)), finding("b", LOW.slice(1))];
    expect(remarkOn({ model: "a", is: "above", than: "b", of: "accuracy" }, findings)).toMatchInlineSnapshot(`
      {
        "outcome": "undecided",
        "sentence": "accuracy: a (91.5 ± 1.3 %) has too few seeds to be told apart from b (51.5 ± 1.3 %).",
      }
    `);
  });
});

describe("what is exact needs no seeds", () => {
  test.each<[Expects["is"], number, number, Outcome]>([
    ["equal to", 10, 10, "as claimed"],
    ["not below", 10, 10, "as claimed"],
    ["above", 10, 10, "against the claim"],
    ["below", 9, 10, "as claimed"],
    ["equal to", 9, 10, "against the claim"],
  ])("expected %s, %i and %i parameters", (is, a, b, outcome) => {
    const findings = [finding("a", [0.5], a), finding("b", [0.5], b)];
    expect(remarkOn({ model: "a", is, than: "b", of: "parameters" }, findings).outcome).toBe(outcome);
  });
});
