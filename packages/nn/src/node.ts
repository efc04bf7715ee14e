// @conv/nn/node: files, for Node, Deno and Bun. Each is written under a temporary name, flushed, and renamed.

import { open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { fromSafetensors, type SafetensorsOptions, stateToCpu, toSafetensors } from "./files/safetensors.js";
import type { StateDict } from "./module.js";
import type { Run } from "./train/callback.js";
import { type Checkpoint, fromCheckpoint, toCheckpointAsync } from "./train/checkpoint.js";

/** Writes tensors by name, wherever they are, into a safetensors file. */
export async function saveSafetensors(
  path: string,
  state: StateDict,
  metadata?: Readonly<Record<string, string>>,
  options?: SafetensorsOptions,
): Promise<void> {
  return inTurn(
    path,
    stateToCpu(state).then((here) => toSafetensors(here, metadata, options)),
  );
}

/**
 * Reads the tensors of a safetensors file.
 *
 * @throws {FormatError} When the file is none, or damaged.
 */
export async function loadSafetensors(path: string): Promise<StateDict> {
  return fromSafetensors(await readFile(path));
}

/** Writes a training run, wherever it is, into a file, from which `loadCheckpoint` lets it go on. */
export async function saveCheckpoint(
  path: string,
  run: Run,
  metadata?: Readonly<Record<string, string>>,
): Promise<void> {
  return inTurn(path, toCheckpointAsync(run, metadata));
}

/**
 * Reads a training run.
 *
 * @throws {FormatError} When the file is none, or damaged.
 */
export async function loadCheckpoint(path: string): Promise<Checkpoint> {
  return fromCheckpoint(await readFile(path));
}

/** Files written so far: two at once must not share a temporary name, nor may threads, which share the process. */
let writes = 0;
const thread = Math.random().toString(36).slice(2, 8);

/** Paths whose leftovers this process looked for. */
const cleaned = new Set<string>();

/**
 * Writes a file so that at any moment, also of a crash, either the old one or the whole new one is there. Of several to one
 * path that nobody waits for, the last one stays.
 */
export async function writeWhole(path: string, content: Uint8Array | string): Promise<void> {
  return inTurn(path, Promise.resolve(content));
}

/** By path: what is being written there last. */
const turns = new Map<string, Promise<void>>();

/** Writes a file after those that this thread was asked before to write there. */
async function inTurn(path: string, content: Promise<Uint8Array | string>): Promise<void> {
  const name = resolve(path);
  const before = turns.get(name);
  content.catch(() => {}); // told in its turn
  const turn = Promise.resolve(before)
    .catch(() => {})
    .then(async () => write(path, await content));
  turns.set(name, turn);
  try {
    await turn;
  } finally {
    if (turns.get(name) === turn) turns.delete(name);
  }
}

async function write(path: string, content: Uint8Array | string): Promise<void> {
  const temporary = `${path}.${process.pid}.${thread}${++writes}.tmp`;
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
  await flushDirectory(dirname(path));
  if (cleaned.has(path)) return;
  cleaned.add(path);
  await removeLeftovers(path);
}

/** Puts the new name on the disk too, where directories can be flushed (not on Windows). */
async function flushDirectory(path: string): Promise<void> {
  const directory = await open(path, "r").catch(() => undefined);
  await directory?.sync().catch(() => {});
  await directory?.close();
}

/** Removes the temporary files of this path whose processes were killed while they wrote. */
async function removeLeftovers(path: string): Promise<void> {
  const folder = dirname(path);
  const start = `${basename(path)}.`;
  for (const name of await readdir(folder).catch((): string[] => [])) {
    const rest = name.startsWith(start) ? name.slice(start.length) : "";
    const [, pid] = /^(\d+)\.\w+\.tmp$/.exec(rest) ?? [];
    const file = join(folder, name);
    if (pid !== undefined && (await isLeft(file, Number(pid)))) await rm(file, { force: true }).catch(() => {});
  }
}

/** Whether nobody writes a temporary file any more: its process is gone, or had the number that is ours now. */
async function isLeft(file: string, pid: number): Promise<boolean> {
  if (pid !== process.pid) return !isAlive(pid);
  const began = Date.now() - process.uptime() * 1000;
  return stat(file).then(
    ({ mtimeMs }) => mtimeMs < began,
    () => false,
  );
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0); // asks only
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code !== "ESRCH"; // somebody else's
  }
}
