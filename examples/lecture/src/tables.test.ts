import { expect, test } from "vitest";
import { claim } from "./claim.js";
import type { Finding } from "./finding.js";
import { remarksOn } from "./remarks.js";
import { claimInMarkdown, drawClaim } from "./tables.js";

const create = () => {
  throw new Error("No model is needed for a table.");
};

const made = claim({
  name: "made",
  title: "Large against small",
  says: "More is more.",
  models: { large: create, small: create },
  columns: ["parameters", "macs", "field", "accuracy", "shift1", "step"],
  expects: [{ model: "large", is: "above", than: "small", of: "parameters" }],
});

const findings: readonly Finding[] = [
  {
    name: "large",
    cost: { parameters: 50890, macs: 1234567, field: 15 },
    accuracy: { 0: [0.98, 0.96], 1: [0.5, 0.5] },
    stepMilliseconds: [4, 6],
  },
  {
    name: "small",
    cost: { parameters: 12, macs: 7, field: 3 },
    accuracy: { 0: [1, 1], 1: [0, 1] },
    stepMilliseconds: [2.5, 2.5],
  },
];

test("in a terminal: a row for each model, numbers to the right, times by the first row's", () => {
  expect(`\n${drawClaim(made, findings, remarksOn(made, findings))}`).toMatchInlineSnapshot(`
    "
    Large against small
    ┌───────┬────────────┬───────────┬───────┬───────────────┬───────────────┬───────┐
    │ model │ parameters │      MACs │ field │      accuracy │  shifted 1 px │  step │
    ├───────┼────────────┼───────────┼───────┼───────────────┼───────────────┼───────┤
    │ large │     50,890 │ 1,234,567 │ 15 px │  97.0 ± 1.4 % │  50.0 ± 0.0 % │ 1.00× │
    │ small │         12 │         7 │  3 px │ 100.0 ± 0.0 % │ 50.0 ± 70.7 % │ 0.50× │
    └───────┴────────────┴───────────┴───────┴───────────────┴───────────────┴───────┘
    Claimed: More is more.
    Seen:
      as claimed        parameters: large (50,890) is above small (12)."
  `);
});

test("in Markdown", () => {
  expect(claimInMarkdown(made, findings, remarksOn(made, findings))).toMatchInlineSnapshot(`
    "### Large against small

    Claimed: More is more.

    | model | parameters |      MACs | field |      accuracy |  shifted 1 px |  step |
    | ----- | ---------: | --------: | ----: | ------------: | ------------: | ----: |
    | large |     50,890 | 1,234,567 | 15 px |  97.0 ± 1.4 % |  50.0 ± 0.0 % | 1.00× |
    | small |         12 |         7 |  3 px | 100.0 ± 0.0 % | 50.0 ± 70.7 % | 0.50× |

    - **as claimed**: parameters: large (50,890) is above small (12)."
  `);
});

test("of one seed there is no deviation", () => {
  const [one] = findings.map((finding) => ({ ...finding, accuracy: { 0: [0.975], 1: [0.5] }, stepMilliseconds: [4] }));
  expect(claimInMarkdown(made, [one], [])).toContain("|   97.5 % |       50.0 % | 1.00× |");
});
