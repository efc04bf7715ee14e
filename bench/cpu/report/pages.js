// The page of a run, and the section of the README.

import { MAPS } from "../layers.js";
import { mapsOf, threadsOf } from "./means.js";
import { layerTable, peerTable, ratioTable, reasonList, speedTable, trainingTable } from "./tables.js";

/** @typedef {import("./means.js").Results} Results */

const START = "<!-- bench:start -->";
const END = "<!-- bench:end -->";

/** The peers take one or two cores of the load after the run; more than that was somebody else's. */
function machineLine({ cpu, cores, loadBefore, loadAfter, memoryGiB, system, node, date, commit }, command) {
  return `${cpu}, ${cores} cores, load ${loadBefore} before and ${loadAfter} after, ${memoryGiB} GiB; ${system}; Node ${node}; ${date}, commit ${commit}, \`${command}\``;
}

const HOW = `All in one run and in turns: every round gives each peer a turn, after a warm-up; each peer is a process of its own for each
number of threads, one of which computes at a time. Times are medians. Every result was checked against the others' before
it was timed, and once more after. GFLOP/s count two operations for each multiply-add of the direct algorithm.`;

const RATIOS = `How many times as fast as the peer @conv is, on as many threads: below 1× it is slower. For layers the geometric mean over
those that both compute (how many).`;

const STEP = `One step on 64 images of MNIST's size: conv 1→32 3×3, ReLU, max pool, conv 32→64 3×3, ReLU, max pool, linear 3136→128,
ReLU, linear 128→10, cross-entropy, Adam.`;

/** The paragraphs that are not empty, with an empty line between. */
const paragraphs = (...parts) => `${parts.flat().filter(Boolean).join("\n\n")}\n`;

const isMeasured = ({ measurements }, isTraining) =>
  measurements.some(({ map }) => (map === "training") === isTraining);

/**
 * All that was measured.
 *
 * @param {Results} results
 * @param {string} [chart] The file name of the chart.
 */
export function resultPage(results, chart) {
  const ofLayers = mapsOf(results).flatMap((map) =>
    threadsOf(results).flatMap((threads) => [
      `### ${MAPS[map]}, ${threads} thread${threads === 1 ? "" : "s"}`,
      layerTable(results, map, threads),
    ]),
  );
  const [hasLayers, hasTraining] = [isMeasured(results, false), isMeasured(results, true)];
  return paragraphs(
    "# @conv beside its peers, on the CPU",
    "Written by the command below; not edited.",
    machineLine(results.machine, results.command),
    HOW,
    peerTable(results),
    chart && `![How many times as fast as its peers @conv is](${chart})`,
    ["## Who is faster", RATIOS, ratioTable(results)],
    hasLayers && ["Over the layers that all have who compute the map at all:", speedTable(results)],
    hasTraining && ["## The training step", STEP, trainingTable(results)],
    hasLayers && ["## The layers", ...ofLayers],
    reasonList(results) && ["## Without a time", reasonList(results)],
  );
}

/**
 * What the README says of it.
 *
 * @param {Results} results
 * @param {string} [chart] The path of the chart.
 * @param {string} page The path of the page.
 */
export function readmeSection(results, chart, page) {
  return paragraphs(
    chart && `![How many times as fast as its peers @conv is](${chart})`,
    `${RATIOS} All layers and times: [\`${page}\`](${page}).`,
    ratioTable(results),
    isMeasured(results, true) && [STEP, trainingTable(results)],
    `${machineLine(results.machine, results.command)}.`,
  );
}

/**
 * A README with another section between its markers.
 *
 * @throws {Error} When it has no markers.
 */
export function withSection(readme, section) {
  const [start, end] = [readme.indexOf(START), readme.indexOf(END)];
  if (start < 0 || end < start) throw new Error(`README.md: put ${START} and ${END} where the numbers should stand.`);
  return `${readme.slice(0, start + START.length)}\n\n${section}\n${readme.slice(end)}`;
}
