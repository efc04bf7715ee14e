// A whole run: who is there, all subjects one after the other, and what came of it.

import { flopsOf, MAPS } from "./layers.js";
import { measure } from "./measure.js";
import { startRunner } from "./runner.js";

/** @typedef {import("./options.js").Options} Options */

/** Milliseconds after which a peer counts as warm, stable or not. */
const WARM_UP = 2000;

/**
 * What is measured: { key, title, request } each, `key` naming it in the results.
 *
 * @param {Pick<Options, "cases" | "maps" | "layers" | "training">} options
 */
export function subjectsOf({ cases, maps, layers, training }) {
  const ofLayers = cases.flatMap((layer) =>
    maps.map((map) => ({
      key: { layer: layer.name, map },
      title: `${layer.name}, ${MAPS[map]}`,
      request: { layer, map },
    })),
  );
  const step = { key: { layer: null, map: "training" }, title: "training step", request: { training: true } };
  return [...(layers ? ofLayers : []), ...(training ? [step] : [])];
}

/** Starts every peer at every number of threads; those that run with fewer than asked leave again, and say why. */
async function startAll(peers, threadCounts, missing) {
  const runners = [];
  const entries = [];
  for (const peer of peers) {
    const entry = { id: peer.id, title: peer.title, threads: [], notes: [] };
    entries.push(entry);
    for (const threads of threadCounts) {
      const reason = peer.isFromNpm ? missing : undefined;
      const runner = reason === undefined ? await startRunner(peer, threads) : undefined;
      const { unavailable = reason, version, note, ...about } = runner?.about ?? {};
      if (unavailable !== undefined || about.threads !== threads) {
        entry.notes.push({ threads, reason: unavailable ?? about.reason });
        runner?.stop();
      } else runners.push(runner);
      Object.assign(entry, version && { version }, note && { note });
      if (runners.at(-1) === runner) entry.threads.push(threads);
    }
  }
  return { runners, entries };
}

/**
 * Measures, and returns the results as they are written to bench/results.
 *
 * @param {Omit<Options, "peers" | "install" | "out">} options Of the command line.
 * @param {object} surroundings
 * @param {readonly import("./peers.js").PeerEntry[]} surroundings.peers
 * @param {string} [surroundings.missing] Why the peers that npm installs are not there.
 * @param {Record<string, string | number>} surroundings.machine
 * @param {(subject: { title: string }, outcomes: readonly import("./measure.js").Outcome[], done: string) => void} surroundings.report
 *   Called after each subject.
 * @returns {Promise<import("./report/means.js").Results>}
 */
export async function runBench(options, { peers, missing, machine, report }) {
  const { runners, entries } = await startAll(peers, options.threads, missing);
  const limits = { rounds: options.rounds, budget: options.budget * 1000, warmUp: WARM_UP };
  const subjects = subjectsOf(options);
  const measurements = [];
  try {
    for (const [i, subject] of subjects.entries()) {
      const outcomes = await measure(runners, subject.request, limits);
      measurements.push(...outcomes.map((outcome) => ({ ...subject.key, ...outcome })));
      report(subject, outcomes, `${i + 1}/${subjects.length}`);
    }
  } finally {
    for (const runner of runners) runner.stop();
  }
  const layers = options.layers ? options.cases.map((layer) => ({ ...layer, flops: flopsOf(layer) })) : [];
  return { command: options.command, machine, peers: entries, layers, measurements };
}
