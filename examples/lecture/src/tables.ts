import Table from "cli-table3";
import type { Claim } from "./claim.js";
import { pc } from "./colors.js";
import type { Finding } from "./finding.js";
import { describe } from "./quantities.js";
import type { Outcome, Remark } from "./remarks.js";

const COLORS: Readonly<Record<Outcome, (text: string) => string>> = {
  "as claimed": pc.green,
  "not contradicted": pc.green,
  "against the claim": pc.red,
  undecided: pc.yellow,
};

/** A table of text: the head, and a row for each model. */
export function rowsOf({ columns }: Claim, findings: readonly Finding[]): string[][] {
  const quantities = columns.map(describe);
  const head = ["model", ...quantities.map((quantity) => quantity.head)];
  const body = findings.map((finding) => [
    finding.name,
    ...quantities.map(({ of, format }) => format(of(finding), of(findings[0]))),
  ]);
  return [head, ...body];
}

/** A claim with its figures, for a terminal. */
export function drawClaim(claim: Claim, findings: readonly Finding[], remarks: readonly Remark[]): string {
  const [head, ...body] = rowsOf(claim, findings);
  const table = new Table({
    head: head.map((text) => pc.dim(text)),
    colAligns: head.map((_, i) => (i === 0 ? "left" : "right")),
    style: { head: [], border: pc.isColorSupported ? ["gray"] : [], compact: true },
  });
  table.push(...body);
  const seen = remarks.map(({ outcome, sentence }) => `  ${COLORS[outcome](outcome.padEnd(18))}${sentence}`);
  return [pc.bold(claim.title), table.toString(), `Claimed: ${claim.says}`, "Seen:", ...seen].join("\n");
}

/** A claim with its figures, in Markdown. */
export function claimInMarkdown(claim: Claim, findings: readonly Finding[], remarks: readonly Remark[]): string {
  const [head, ...body] = rowsOf(claim, findings);
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const rule = line(head.map((_, i) => (i === 0 ? "---" : "--:")));
  const table = [line(head), rule, ...body.map(line)].join("\n");
  const seen = remarks.map(({ outcome, sentence }) => `- **${outcome}**: ${sentence}`).join("\n");
  return [`### ${claim.title}`, `Claimed: ${claim.says}`, table, seen].join("\n\n");
}
