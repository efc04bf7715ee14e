// npm ci in bench/peers, on demand.

import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const FOLDER = fileURLToPath(new URL("../peers/", import.meta.url));
const STAMP = `${FOLDER}node_modules/.installed-from`;

/**
 * Installs what package-lock.json of bench/peers lists, without running its scripts, unless that is there already.
 *
 * @returns {string | undefined} Why it could not; undefined when all is there.
 */
export function installPeers() {
  const lock = readFileSync(`${FOLDER}package-lock.json`, "utf8");
  if (existsSync(STAMP) && readFileSync(STAMP, "utf8") === lock) return undefined;
  console.error("Installing the peers into bench/peers/node_modules, some 550 MB …");
  const args = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  const { status, error, stderr } = spawnSync("npm", args, { cwd: FOLDER, encoding: "utf8" });
  if (status !== 0) return `npm ci failed: ${error?.message ?? stderr.trim().split("\n")[0]}`;
  writeFileSync(STAMP, lock);
  return undefined;
}

/** Whether an earlier run installed them. */
export const arePeersInstalled = () => existsSync(STAMP);
