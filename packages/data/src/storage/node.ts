import { randomUUID } from "node:crypto";
import { mkdir, open, readFile, rename, rm, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DataError } from "../errors.js";
import type { Storage } from "./storage.js";

/** Files through `node:fs`: the only module here that knows it. */
export const storage: Storage = {
  hasFiles: true,

  cacheDirectory() {
    const { CONV_DATA_DIR, XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
    if (CONV_DATA_DIR) return CONV_DATA_DIR;
    const local = process.platform === "win32" ? LOCALAPPDATA : undefined;
    return join(XDG_CACHE_HOME || local || join(homedir(), ".cache"), "conv", "mnist");
  },

  pathOf: (source) => (source.startsWith("file:") ? fileURLToPath(source) : source),

  isDirectory: (path) =>
    stat(path).then(
      (found) => found.isDirectory(),
      () => false,
    ),

  async read(directory, name, operator = "mnist") {
    try {
      return await readFile(join(directory, name));
    } catch (cause) {
      if (codeOf(cause) === "ENOENT" || codeOf(cause) === "ENOTDIR") return undefined;
      throw new DataError(
        `${operator}: ${join(directory, name)} cannot be read (${codeOf(cause)}). Check its permissions.`,
        { cause },
      );
    }
  },

  async write(directory, name, bytes) {
    const target = join(directory, name);
    const unfinished = join(directory, `.${name}.${randomUUID()}.part`);
    try {
      await mkdir(directory, { recursive: true });
      await writeToDisk(unfinished, bytes);
      await rename(unfinished, target);
    } catch (cause) {
      await rm(unfinished, { force: true }).catch(() => {}); // the error to report is the first one
      throw new DataError(
        `mnist: ${target} cannot be written (${codeOf(cause)}). Pass a cacheDir where files can be.`,
        { cause },
      );
    }
  },
};

/** Returns when the bytes are on the disk, not only in the system's memory. */
async function writeToDisk(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, "wx");
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException)?.code ?? String(error);
}
