// The tables of a run, in Markdown.

import { MAPS } from "../layers.js";
import { formatNumber, formatRatio, formatTime, table } from "./format.js";
import { mapsOf, measured, ratioTo, speeds, threadsOf } from "./means.js";

/** @typedef {import("./means.js").Results} Results */

const count = (n, what) => `${n} ${what}${n === 1 ? "" : "s"}`;
const hasTraining = ({ measurements }) => measurements.some(({ map }) => map === "training");

/**
 * How many times as fast as each peer @conv is: a row for each on each number of threads.
 *
 * @param {Results} results
 */
export function ratioTable(results) {
  const maps = [...mapsOf(results), ...(hasTraining(results) ? ["training"] : [])];
  const cell = (peer, map, threads) => {
    const found = ratioTo(results, peer, map, threads);
    if (found === undefined) return "–";
    return map === "training" ? formatRatio(found.ratio) : `${formatRatio(found.ratio)} (${found.layers})`;
  };
  const rows = threadsOf(results).flatMap((threads) =>
    results.peers
      .filter(({ id, threads: has }) => id !== "ours" && has.includes(threads))
      .map(({ id, title }) => [`${title}, ${count(threads, "thread")}`, ...maps.map((map) => cell(id, map, threads))]),
  );
  return table(["@conv beside", ...maps.map((map) => MAPS[map] ?? "training step")], rows);
}

/**
 * GFLOP/s, geometric means over the layers that all have: a row for each peer.
 *
 * @param {Results} results
 */
export function speedTable(results) {
  const columns = mapsOf(results).flatMap((map) =>
    threadsOf(results).map((threads) => ({ map, threads, ...speeds(results, map, threads) })),
  );
  const head = columns.map(({ map, threads, layers }) => `${MAPS[map]}, ${threads}T (${count(layers, "layer")})`);
  const rows = results.peers
    .filter(({ id }) => columns.some((column) => column.speeds.has(id)))
    .map(({ id, title }) => [title, ...columns.map((column) => formatNumber(column.speeds.get(id)))]);
  return table(["GFLOP/s", ...head], rows);
}

/** What a cell says: a time, or in a word why there is none. */
function timeOf(one, isFastest = false) {
  if (one === undefined) return "–";
  if (one.status !== "ok") return one.status;
  return isFastest ? `**${formatTime(one.median)}**` : formatTime(one.median);
}

/**
 * Milliseconds of a map: a row for each layer, a column for each peer that was tried; the fastest is bold.
 *
 * @param {Results} results
 */
export function layerTable(results, map, threads) {
  const found = measured(results, map, threads);
  const all = results.peers.filter(({ id }) => [...(found.get(id)?.values() ?? [])].some((m) => m.status !== "cannot"));
  const rows = results.layers.map(({ name }) => {
    const cells = all.map(({ id }) => found.get(id).get(name));
    const fastest = Math.min(...cells.map((one) => one?.median ?? Number.POSITIVE_INFINITY));
    return [name, ...cells.map((one) => timeOf(one, one?.median === fastest))];
  });
  return table(["ms", ...all.map(({ title }) => title)], rows);
}

/**
 * Milliseconds of a training step: a row for each peer.
 *
 * @param {Results} results
 */
export function trainingTable(results) {
  const columns = threadsOf(results).map((threads) => ({ threads, found: measured(results, "training", threads) }));
  const rows = results.peers
    .filter(({ id }) => columns.some(({ found }) => found.has(id)))
    .map(({ id, title }) => [title, ...columns.map(({ found }) => timeOf(found.get(id)?.get(null)))]);
  return table(["training step, ms", ...columns.map(({ threads }) => count(threads, "thread"))], rows);
}

/**
 * Who was there: versions, threads, and why not more.
 *
 * @param {Results} results
 */
export function peerTable({ peers, machine }) {
  const rows = peers.map(({ id, title, version, threads, note, notes }) => {
    const reasons = notes.map((one) => `${count(one.threads, "thread")} not available: ${one.reason}`);
    const remarks = [note, ...reasons].filter((text) => text !== undefined).join("; ");
    return [title, version ?? (id === "ours" ? machine.commit : "–"), threads.join(", ") || "–", remarks];
  });
  return table(["peer", "version", "threads", "remarks"], rows).replaceAll("---:", "---");
}

/** Why cells have no times: a line for each peer and reason. Empty where all have. */
export function reasonList({ peers, measurements }) {
  const lines = measurements
    .filter(({ status }) => status !== "ok")
    .map(({ peer, map, layer, status, reason }) => {
      const [{ title }] = peers.filter(({ id }) => id === peer);
      const where = status === "cannot" ? (MAPS[map] ?? map) : `${layer ?? ""} ${MAPS[map] ?? map}`.trim();
      return `- ${title}, ${where}: ${status}: ${String(reason).split("\n")[0]}`;
    });
  return [...new Set(lines)].join("\n");
}
