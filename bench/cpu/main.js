// pnpm bench: measures, and writes bench/results and the README's section. See --help.

import { runBench } from "./bench.js";
import { arePeersInstalled, installPeers } from "./install.js";
import { describeMachine, load } from "./machine.js";
import { readOptions } from "./options.js";
import { PEERS } from "./peers.js";
import { formatTime } from "./report/format.js";
import { writeReport } from "./report/write.js";

/** Programs that want a core before anything runs: with more, times are noisy. */
const BUSY = 0.5;

const options = readOptions(process.argv.slice(2));
const missing = options.install
  ? installPeers()
  : arePeersInstalled()
    ? undefined
    : "not installed, and --no-install was given";

/** A line on stderr: the medians of a subject, or what else came of it. */
function report({ title }, outcomes, done) {
  const cells = outcomes.map(
    ({ peer, threads, status, median }) => `${peer}·${threads} ${status === "ok" ? formatTime(median) : status}`,
  );
  console.error(`[${done}] ${title}, ms: ${cells.join("  ")}`);
}

const machine = describeMachine();
if (machine.loadBefore > BUSY) console.error(`The machine is busy (load ${machine.loadBefore}): times will be noisy.`);

const peers = PEERS.filter(({ id }) => options.peers.includes(id));
const measured = await runBench(options, { peers, missing, machine, report });
const results = { ...measured, machine: { ...machine, loadAfter: load() } };
for (const { title, notes } of results.peers) {
  for (const { threads, reason } of notes) console.error(`${title}, ${threads} threads: not available: ${reason}`);
}
for (const file of await writeReport(results, options.out)) console.error(`Written: ${file}`);
process.exit();
