// A peer's process, as the harness sees it.

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { commandOf } from "./peers.js";

/** After so many milliseconds without an answer a peer counts as hung. The slowest take two minutes for a step. */
const PATIENCE = 15 * 60_000;

/**
 * @typedef {object} Runner
 * @property {import("./peers.js").PeerEntry} peer
 * @property {number} threads
 * @property {object} about What the process said of itself: { version, threads, … }, or { unavailable: reason }.
 * @property {(message: object) => Promise<any>} ask The answer to a message; { error } when the process is gone.
 * @property {() => void} stop
 */

/**
 * Starts the process of a peer, and waits for its first line.
 *
 * @param {import("./peers.js").PeerEntry} peer
 * @param {number} threads
 * @returns {Promise<Runner>}
 */
export async function startRunner(peer, threads) {
  const [program, ...args] = commandOf(peer, threads);
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "pipe"] });
  let complaints = "";
  let answer = () => {};
  let end;
  child.stderr.on("data", (text) => {
    complaints = `${complaints}${text}`.slice(-2000);
  });
  child.stdin.on("error", () => {}); // it is gone: `close` says so
  child.on("error", (error) => {
    end ??= error.message;
    answer({ error: end });
  });
  child.on("close", (code, signal) => {
    end ??= `its process ended with ${signal ?? code}. ${complaints.trim().split("\n").at(-1)}`;
    answer({ error: end });
  });
  createInterface({ input: child.stdout }).on("line", (line) => {
    if (line.startsWith("{")) answer(JSON.parse(line)); // all else is chatter of a library
  });
  const next = () =>
    new Promise((resolve) => {
      const timer = setTimeout(() => {
        end ??= `no answer within ${PATIENCE / 60_000} minutes`;
        child.kill("SIGKILL");
      }, PATIENCE);
      answer = (message) => {
        clearTimeout(timer);
        resolve(message);
      };
      if (end !== undefined) answer({ error: end });
    });
  const ask = (message) => {
    const answered = next();
    if (end === undefined) child.stdin.write(`${JSON.stringify(message)}\n`);
    return answered;
  };
  const said = await next();
  return { peer, threads, about: "error" in said ? { unavailable: said.error } : said, ask, stop: () => child.kill() };
}
