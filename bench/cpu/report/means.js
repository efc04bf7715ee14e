// From medians to means: who is how fast, over which layers.

import { geometricMean, gflops } from "../statistics.js";

/**
 * The results of a run, as bench/results has them.
 *
 * @typedef {object} Results
 * @property {string} command
 * @property {Record<string, string | number>} machine
 * @property {readonly { id: string, title: string, version?: string, note?: string, threads: readonly number[],
 *   notes: readonly { threads: number, reason: string }[] }[]} peers
 * @property {readonly { name: string, flops: number }[]} layers
 * @property {readonly { layer: string | null, map: string, peer: string, threads: number, status: string,
 *   reason?: string, median?: number, best?: number, runs?: number }[]} measurements
 */

/** All times and reasons of one map on so many threads: a lookup by peer, then layer (null: the training step). */
export function measured(results, map, threads) {
  const found = new Map();
  for (const one of results.measurements.filter((m) => m.map === map && m.threads === threads)) {
    if (!found.has(one.peer)) found.set(one.peer, new Map());
    found.get(one.peer).set(one.layer, one);
  }
  return found;
}

/** The counts of threads that were measured, and the maps. */
export const threadsOf = ({ measurements }) => [...new Set(measurements.map((m) => m.threads))].sort((a, b) => a - b);
export const mapsOf = ({ measurements }) =>
  [...new Set(measurements.map((m) => m.map))].filter((m) => m !== "training");

const isTimed = (one) => one?.status === "ok";
const isTimedBy = (ofPeer, name) => isTimed(ofPeer?.get(name));

function meanSpeed(layers, ofPeer) {
  return geometricMean(layers.map(({ name, flops }) => gflops(flops, ofPeer.get(name).median)));
}

/**
 * GFLOP/s of every peer, geometric means over the layers that all have who have any: { layers, speeds }, their number and
 * the means by peer.
 *
 * @param {Results} results
 */
export function speeds(results, map, threads) {
  const all = [...measured(results, map, threads)].filter(([, ofPeer]) => [...ofPeer.values()].some(isTimed));
  const layers = results.layers.filter(({ name }) => all.every(([, ofPeer]) => isTimedBy(ofPeer, name)));
  const means = all.map(([peer, ofPeer]) => [peer, meanSpeed(layers, ofPeer)]);
  return { layers: layers.length, speeds: new Map(layers.length === 0 ? [] : means) };
}

/**
 * How many times as fast as a peer @conv is on so many threads: above 1 it wins. Of a map of layers the geometric mean
 * over the layers that both have, of `"training"` the quotient of the steps.
 *
 * @param {Results} results
 * @returns {{ ratio: number, layers: number } | undefined} undefined where there is nothing that both have.
 */
export function ratioTo(results, peer, map, threads) {
  const found = measured(results, map, threads);
  const [ours, theirs] = [found.get("ours"), found.get(peer)];
  const both = [...(ours?.keys() ?? [])].filter((name) => isTimedBy(ours, name) && isTimedBy(theirs, name));
  if (both.length === 0) return undefined;
  const ratio = geometricMean(both.map((name) => theirs.get(name).median / ours.get(name).median));
  return { ratio, layers: both.length };
}
