import type { Claim } from "./claim.js";
import type { Digits, Settings } from "./experiment.js";
import type { Finding } from "./finding.js";
import type { Machine } from "./machine.js";
import { areEnough, type Remark } from "./remarks.js";
import { chanceOfOrder } from "./statistics.js";
import { claimInMarkdown } from "./tables.js";

/** A claim, and what came out. */
export interface Examined {
  readonly claim: Claim;
  readonly findings: readonly Finding[];
  readonly remarks: readonly Remark[];
}

/** A whole run. */
export interface Run {
  /** What gives the same figures. */
  readonly command: string;
  readonly settings: Settings;
  readonly digits: { readonly train: number; readonly test: number };
  readonly machine: Machine;
  /** From the first step to the last table, and how long processors computed for it, all threads together. */
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly examined: readonly Examined[];
}

const START = "<!-- figures:start -->";
const END = "<!-- figures:end -->";

/** How many digits there are. */
export const countOf = ({ train, test }: Digits): Run["digits"] => ({ train: train.length, test: test.length });

/** In words, how the figures were made. */
export function method({
  settings: { seeds, epochs },
  digits: { train, test },
}: Pick<Run, "settings" | "digits">): string {
  const plural = (n: number, noun: string) => `${n} ${noun}${n === 1 ? "" : "s"}`;
  return (
    `Each model learns from ${train} digits for ${plural(epochs, "epoch")}, from ${plural(seeds, "seed")}, and is examined on ` +
    `${test} others: one of them is ${(100 / test).toFixed(2)} points. Given are mean ± standard deviation over the seeds. ` +
    (areEnough(seeds)
      ? "Models are told apart where every seed of one lies above every seed of the other; by chance alone, that happens " +
        `${(100 * chanceOfOrder(seeds)).toFixed(1)} % of the time.`
      : "So few seeds do not tell models apart.")
  );
}

/** The run in Markdown. */
export function inMarkdown(run: Run): string {
  const { cpu, cores, threads, load, node, date } = run.machine;
  const time = `${run.seconds.toFixed(0)} s, processors busy for ${run.cpuSeconds.toFixed(0)} s`;
  const where = `${cpu}, ${cores} cores, ${threads} threads, load ${load} before; Node ${node}; ${date}; ${time}`;
  const tables = run.examined.map(({ claim, findings, remarks }) => claimInMarkdown(claim, findings, remarks));
  return [`Written by \`${run.command}\`; not edited. ${method(run)}`, `${where}.`, ...tables].join("\n\n");
}

/** The run as JSON. */
export function inJson({ examined, ...run }: Run): string {
  const claims = examined.map(({ claim: { name, title, says }, ...seen }) => ({ name, title, says, ...seen }));
  return `${JSON.stringify({ ...run, claims }, undefined, 1)}\n`;
}

/**
 * A page with a new section between its markers.
 *
 * @throws {Error} When the markers are not there.
 */
export function withSection(page: string, section: string): string {
  const [start, end] = [page.indexOf(START), page.indexOf(END)];
  if (start < 0 || end < start) {
    throw new Error(`--readme: the file has no section for figures. Put ${START} and ${END} on lines of their own.`);
  }
  return `${page.slice(0, start + START.length)}\n\n${section}\n\n${page.slice(end)}`;
}
