// The command line of `pnpm bench`.

import { Command, InvalidArgumentError, Option } from "commander";
import { LAYERS, MAPS } from "./layers.js";
import { PEERS } from "./peers.js";

/** A comma-separated list of some of `known`, in their order. */
function someOf(known) {
  return (text) => {
    const named = text.split(",").map((part) => part.trim());
    const unknown = named.filter((name) => !known.includes(name));
    if (unknown.length > 0) throw new InvalidArgumentError(`It takes some of ${known.join(", ")}.`);
    return known.filter((name) => named.includes(name));
  };
}

/** Layers whose names have one of the texts in them; × may be written x, and → ->. */
function layersNamed(text) {
  const wanted = text.split(",").map((part) => part.trim().replaceAll("x", "×").replaceAll("->", "→"));
  const found = LAYERS.filter(({ name }) => wanted.some((part) => name.includes(part)));
  if (found.length === 0)
    throw new InvalidArgumentError(`No layer is named so: ${LAYERS.map((l) => l.name).join("; ")}.`);
  return found;
}

function positive(text) {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError("It takes a number above 0.");
  return value;
}

const threadCounts = (text) => text.split(",").map(positive);

/** The options that choose what is measured: with one of them a run is not the whole comparison. */
const SELECTING = ["peers", "cases", "maps", "threads", "layers", "training"];

/**
 * Reads the command line; ends the process at --help, or with an error.
 *
 * @typedef {object} Options
 * @property {readonly string[]} peers
 * @property {readonly import("./layers.js").Layer[]} cases
 * @property {readonly string[]} maps
 * @property {readonly number[]} threads
 * @property {boolean} layers
 * @property {boolean} training
 * @property {number} rounds
 * @property {number} budget Seconds.
 * @property {boolean} install
 * @property {string} out
 * @property {string} command
 *
 * @param {readonly string[]} args Without node and program.
 * @returns {Options}
 */
export function readOptions(args) {
  const ids = PEERS.map(({ id }) => id);
  const given = args.filter((arg) => arg !== "--"); // pnpm hands it on
  const command = new Command("pnpm bench")
    .description("Measures @conv beside other libraries, on the layers and the training step of bench/cpu.")
    .addOption(new Option("--peers <ids>", "who is measured").default(ids, ids.join(",")).argParser(someOf(ids)))
    .addOption(
      new Option("--cases <texts>", "layers with one of these in their names")
        .default(LAYERS, "all")
        .argParser(layersNamed),
    )
    .addOption(
      new Option("--maps <maps>", "of each layer")
        .default(Object.keys(MAPS), Object.keys(MAPS).join(","))
        .argParser(someOf(Object.keys(MAPS))),
    )
    .addOption(new Option("--threads <counts>", "how many threads").default([1, 2], "1,2").argParser(threadCounts))
    .option("--no-layers", "only the training step")
    .option("--no-training", "only the layers")
    .option("--training", "the training step too (default)")
    .option("--rounds <n>", "turns of each peer on each subject", positive, 7)
    .option("--budget <seconds>", "after which a peer gets no more turns on a subject", positive, 10)
    .option("--no-install", "use what bench/peers/node_modules has")
    .option(
      "--out <name>",
      "of the files in bench/results; cpu also writes the README (default: cpu, or selection with a choice above)",
    )
    .parse(given, { from: "user" });
  const options = command.opts();
  const isSelection = SELECTING.some((name) => command.getOptionValueSource(name) === "cli");
  return {
    ...options,
    out: options.out ?? (isSelection ? "selection" : "cpu"),
    command: ["pnpm bench", ...given.map((arg) => (arg.includes(" ") ? `"${arg}"` : arg))].join(" "),
  };
}
