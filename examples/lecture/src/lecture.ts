import { open, readFile, writeFile } from "node:fs/promises";
import { cpu } from "@conv/core";
import { type Dataset, mnist } from "@conv/data";
import { type Digits, experiment } from "./experiment.js";
import { describeMachine } from "./machine.js";
import type { Options } from "./options.js";
import type { Progress } from "./progress.js";
import { remarksOn } from "./remarks.js";
import { countOf, type Examined, inJson, inMarkdown, method, type Run, withSection } from "./report.js";
import { drawClaim } from "./tables.js";

/** Examines the claims that were asked for, prints a table for each, and writes the files that were asked for. */
export async function lecture(options: Options, progress: Progress): Promise<void> {
  const { claims, json, readme, command, seeds, epochs } = options;
  const page = readme === undefined ? undefined : await prepared("readme", readme);
  if (page !== undefined) withSection(page, ""); // a long run does not end in a surprise
  if (json !== undefined) await prepared("json", json);

  const { threads } = await cpu.configure({ threads: options.threads });
  const machine = describeMachine(threads);
  const data = await digits(options.digits);
  const settings = { seeds, epochs };
  const about = { command, settings, digits: countOf(data), machine };
  const [started, busy] = [performance.now(), process.cpuUsage()];

  console.log(method(about));
  const examined: Examined[] = [];
  for (const claim of claims) {
    const findings = await experiment(claim, data, settings, progress.start(claim, settings));
    progress.stop();
    const remarks = remarksOn(claim, findings);
    examined.push({ claim, findings, remarks });
    console.log(`\n${drawClaim(claim, findings, remarks)}`);
  }
  const { user, system } = process.cpuUsage(busy); // microseconds
  const seconds = (performance.now() - started) / 1000;
  const run: Run = { ...about, seconds, cpuSeconds: (user + system) / 1e6, examined };
  console.log(`\n${seconds.toFixed(0)} s on ${machine.cpu} with ${threads} ${threads === 1 ? "thread" : "threads"}.`);
  if (json !== undefined) await writeFile(json, inJson(run));
  if (readme !== undefined && page !== undefined) await writeFile(readme, withSection(page, inMarkdown(run)));
}

/** The embedded digits; with a number, the first so many of each part. */
async function digits(most = Number.POSITIVE_INFINITY): Promise<Digits> {
  const load = async (split: "train" | "test"): Promise<Dataset> => {
    const all = await mnist({ source: "digits", split });
    return { ...all, length: Math.min(all.length, most) };
  };
  return { train: await load("train"), test: await load("test") };
}

/**
 * What is in a file that will be written.
 *
 * @throws {Error} When it cannot be.
 */
async function prepared(option: string, path: string): Promise<string> {
  try {
    await (await open(path, "a")).close();
    return await readFile(path, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Error(`--${option}: cannot write ${path} (${code}). Choose another file.`);
  }
}
