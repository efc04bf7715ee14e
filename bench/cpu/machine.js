// Where and when it was measured.

import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import os from "node:os";

function system() {
  const [, name] = existsSync("/etc/os-release")
    ? (/^PRETTY_NAME="?([^"\n]*)/m.exec(readFileSync("/etc/os-release", "utf8")) ?? [])
    : [];
  return `${name ?? os.type()}, ${os.type()} ${os.release().split("-")[0]}, ${os.arch()}`;
}

function commit() {
  try {
    const git = (...args) =>
      execFileSync("git", args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
    return git("describe", "--always", "--dirty", "--exclude=*");
  } catch {
    return "unknown";
  }
}

/** How many programs wanted a core in the last minute. */
export const load = () => Number(os.loadavg()[0].toFixed(1));

/** The processor, its cores and the load on them; memory, system, Node; the day; the commit of this repository. */
export function describeMachine() {
  return {
    cpu: os.cpus()[0]?.model.trim() ?? "unknown",
    cores: os.availableParallelism(),
    loadBefore: load(),
    memoryGiB: Math.round(os.totalmem() / 2 ** 30),
    system: system(),
    node: process.version,
    date: new Date().toISOString().slice(0, 10),
    commit: commit(),
  };
}
