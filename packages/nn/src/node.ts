// @conv/nn/node: files, for Node, Deno and Bun. Each is written under a temporary name, flushed, and renamed.

import { open, readFile, rename, rm } from "node:fs/promises";
import { fromSafetensors, type SafetensorsOptions, stateToCpu, toSafetensors } from "./files/safetensors.js";
import type { StateDict } from "./module.js";
import { type Checkpoint, fromCheckpoint, type Run, toCheckpoint } from "./train/checkpoint.js";

/** Writes tensors by name, wherever they are, into a safetensors file. */
export async function saveSafetensors(
  path: string,
  state: StateDict,
  metadata?: Readonly<Record<string, string>>,
  options?: SafetensorsOptions,
): Promise<void> {
  return writeWhole(path, toSafetensors(await stateToCpu(state), metadata, options));
}

/**
 * Reads the tensors of a safetensors file.
 *
 * @throws {FormatError} When the file is none, or damaged.
 */
export async function loadSafetensors(path: string): Promise<StateDict> {
  return fromSafetensors(await readFile(path));
}

/** Writes a training run into a file, from which `loadCheckpoint` lets it go on. */
export async function saveCheckpoint(
  path: string,
  run: Run,
  metadata?: Readonly<Record<string, string>>,
): Promise<void> {
  return writeWhole(path, toCheckpoint(run, metadata));
}

/**
 * Reads a training run.
 *
 * @throws {FormatError} When the file is none, or damaged.
 */
export async function loadCheckpoint(path: string): Promise<Checkpoint> {
  return fromCheckpoint(await readFile(path));
}

/** Files written so far: two at once must not share a temporary name. */
let writes = 0;

/** Writes a file so that at any moment either the old one or the whole new one is there. */
export async function writeWhole(path: string, content: Uint8Array | string): Promise<void> {
  const temporary = `${path}.${process.pid}.${++writes}.tmp`;
  try {
    const file = await open(temporary, "w");
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
