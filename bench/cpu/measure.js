// One subject, all peers: prepared, checked against each other, warmed up, and timed in turns.

import { setTimeout as sleep } from "node:timers/promises";
import { dissenters } from "./fingerprint.js";
import { median, repetitions } from "./statistics.js";

/** Threads of the last peer may spin for some milliseconds after their work: a pause before the next one's turn. */
const PAUSE = 20;

/** How long a window of the warm-up and a turn should last at least, in milliseconds. */
const TURN = 100;

/** The most runs in a turn. */
const MOST_RUNS = 40;

/** It is warm when the medians of two windows differ by less: WebAssembly has its optimised code then. */
const STABLE = 0.05;

/** A run shorter than this is repeated once, untimed, at the start of a turn: another process had the caches. */
const SHORT = 200;

/**
 * What one runner was measured to do.
 *
 * @typedef {object} Outcome
 * @property {string} peer
 * @property {number} threads
 * @property {"ok" | "cannot" | "wrong" | "failed"} status
 * @property {string} [reason] Why not ok.
 * @property {number} [median] Milliseconds.
 * @property {number} [best] Milliseconds.
 * @property {number} [runs] How many were timed.
 */

class Contestant {
  status = "ok";
  reason;
  times = [];
  spent = 0;

  constructor(runner) {
    this.runner = runner;
  }

  get isIn() {
    return this.status === "ok";
  }

  leave(status, reason) {
    this.status = status;
    this.reason = reason;
  }

  async ask(message) {
    if (!this.isIn) return {};
    const answer = await this.runner.ask(message);
    if ("cannot" in answer) this.leave("cannot", answer.cannot);
    if ("error" in answer) this.leave("failed", answer.error);
    return answer;
  }

  async prepare(subject) {
    const { time = 0 } = await this.ask({ op: "prepare", ...subject });
    this.each = time;
    this.spent = time;
  }

  async check() {
    this.fingerprint = (await this.ask({ op: "check" })).fingerprint;
  }

  /** Runs until two windows in a row take as long, or `budget` is spent. */
  async warmUp(budget) {
    let before = Number.POSITIVE_INFINITY;
    while (this.isIn && this.spent < budget) {
      const { times = [] } = await this.ask({ op: "time", reps: repetitions(TURN, this.each, MOST_RUNS) });
      this.spent += times.reduce((a, b) => a + b, 0);
      this.each = median(times);
      if (Math.abs(this.each - before) <= STABLE * before) return;
      before = this.each;
    }
  }

  async turn() {
    const reps = repetitions(TURN, this.each, MOST_RUNS);
    const untimed = this.each < SHORT ? 1 : 0;
    const { times = [] } = await this.ask({ op: "time", reps: reps + untimed });
    this.times.push(...times.slice(untimed));
    this.spent += times.reduce((a, b) => a + b, 0);
  }

  /** @returns {Outcome} */
  outcome() {
    const { runner, status, reason, times } = this;
    const who = { peer: runner.peer.id, threads: runner.threads, status };
    if (status !== "ok") return { ...who, reason };
    return { ...who, median: median(times), best: Math.min(...times), runs: times.length };
  }
}

/** Those who computed something else leave. This repository is heard last: it is what is judged. */
function judge(contestants) {
  const isOurs = ({ runner }) => Number(["ours", "chromium"].includes(runner.peer.id));
  const heard = contestants.filter(({ isIn }) => isIn).sort((a, b) => isOurs(a) - isOurs(b));
  for (const one of dissenters(heard, ({ fingerprint }) => fingerprint)) {
    one.leave("wrong", `it computed something else than the others: ${JSON.stringify(one.fingerprint)}`);
  }
}

/**
 * Times a subject on all runners, one at a time and in turns: every round gives each a turn, and begins with another one.
 *
 * @param {readonly import("./runner.js").Runner[]} runners
 * @param {object} subject As `prepare` of handler.js takes it.
 * @param {object} options
 * @param {number} options.rounds
 * @param {number} options.budget Milliseconds after which a runner gets no more turns; it has one at least.
 * @param {number} options.warmUp Milliseconds after which a runner counts as warm.
 * @returns {Promise<Outcome[]>} In the order of the runners.
 */
export async function measure(runners, subject, { rounds, budget, warmUp }) {
  const contestants = runners.map((runner) => new Contestant(runner));
  const inTurn = async (act) => {
    for (const contestant of contestants.filter(({ isIn }) => isIn)) {
      await sleep(PAUSE);
      await act(contestant);
    }
  };
  await inTurn((one) => one.prepare(subject));
  await inTurn((one) => one.check());
  judge(contestants);
  await inTurn((one) => one.warmUp(warmUp));
  for (let round = 0; round < rounds; round++) {
    contestants.push(...contestants.splice(0, 1)); // whoever follows a noisy neighbour does so only once
    await inTurn((one) => (round === 0 || one.spent < budget ? one.turn() : undefined));
  }
  await inTurn((one) => one.check()); // still right, after all these runs
  judge(contestants);
  for (const { runner, status } of contestants) if (status !== "failed") await runner.ask({ op: "free" });
  const order = new Map(runners.map((runner, i) => [runner, i]));
  return contestants.sort((a, b) => order.get(a.runner) - order.get(b.runner)).map((one) => one.outcome());
}
