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

/** A table in Markdown, its columns aligned in the source too: the first to the left, numbers to the right. */
function markdownTable(rows: readonly (readonly string[])[]): string {
  const widths = rows[0].map((_, i) => Math.max(3, ...rows.map((row) => row[i].length)));
  const cell = (text: string, i: number) => (i === 0 ? text.padEnd(widths[i]) : text.padStart(widths[i]));
  const rule = widths.map((width, i) => (i === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`));
  const [head, ...body] = rows.map((row) => row.map(cell));
  return [head, rule, ...body].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** A claim with its figures, in Markdown. */
export function claimInMarkdown(claim: Claim, findings: readonly Finding[], remarks: readonly Remark[]): string {
  const seen = remarks.map(({ outcome, sentence }) => `- **${outcome}**: ${sentence}`).join("\n");
  return [`### ${claim.title}`, `Claimed: ${claim.says}`, markdownTable(rowsOf(claim, findings)), seen].join("\n\n");
}
