import { mkdir, rm, stat } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import type { Run } from "@conv/nn";
import { saveCheckpoint, saveSafetensors, writeWhole } from "@conv/nn/node";
import { userDirectory } from "./options.js";
import type { Settings } from "./resume.js";

/** What `metrics.json` says about a run. */
export interface Metrics {
  readonly dataset: string;
  readonly seed: number;
  /** Complete epochs. */
  readonly epochs: number;
  /** Share of the test set that is recognised, 0 to 1; null before an epoch is complete. */
  readonly testAccuracy: number | null;
  /** The loss of every training step of this run. */
  readonly loss: readonly number[];
  /** Training time, validation included. */
  readonly seconds: number;
  readonly device: string;
  readonly threads: number;
}

/** The files that a run writes. */
export interface Results {
  /** Their paths, as seen from where the user is. */
  readonly model: string;
  readonly metrics: string;
  readonly checkpoint: string;
  /** Writes the weights, the metrics, and what a run needs to go on. Each file is there whole or not at all. */
  write(run: Run, settings: Settings, metrics: Metrics): Promise<void>;
}

/**
 * The directory that results go into. It is made and tried now, so that a long run does not end in a surprise.
 *
 * @throws {Error} When it cannot be written into.
 */
export async function openResults(directory: string): Promise<Results> {
  const paths = {
    model: join(directory, "model.safetensors"),
    metrics: join(directory, "metrics.json"),
    checkpoint: join(directory, "checkpoint.safetensors"),
  };
  try {
    await makeDirectory(directory);
    const probe = join(directory, `.${process.pid}.tmp`);
    await writeWhole(probe, "");
    await rm(probe);
    for (const path of Object.values(paths)) {
      if ((await stat(path).catch(() => undefined))?.isDirectory())
        throw Object.assign(new Error(), { code: "EISDIR" });
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Error(`--out: cannot write into ${directory} (${code}). Choose another directory.`);
  }
  return {
    model: asSeen(paths.model),
    metrics: asSeen(paths.metrics),
    checkpoint: asSeen(paths.checkpoint),
    async write(run, settings, values) {
      await saveCheckpoint(paths.checkpoint, run, { settings: JSON.stringify(settings) });
      await saveSafetensors(paths.model, run.model.stateDict());
      await writeWhole(paths.metrics, `${JSON.stringify(values, undefined, 1)}\n`);
    },
  };
}

/** A path as seen from where the user is. */
function asSeen(path: string): string {
  const short = relative(userDirectory(), path);
  return short.startsWith("..") ? path : short;
}

/** Makes a directory and those above it. (`mkdir` with `recursive` never returns for a new name under /proc.) */
async function makeDirectory(path: string): Promise<void> {
  if ((await stat(path).catch(() => undefined))?.isDirectory()) return;
  if (dirname(path) !== path) await makeDirectory(dirname(path));
  await mkdir(path);
}
