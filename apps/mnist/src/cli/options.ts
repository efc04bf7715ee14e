import { availableParallelism } from "node:os";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Command, InvalidArgumentError, Option } from "commander";

/** What the command line asks for. */
export interface Options {
  /** `digits`, `mnist`, or a directory with IDX files. */
  readonly dataset: string;
  readonly epochs: number;
  readonly batchSize: number;
  /** Learning rate. */
  readonly lr: number;
  readonly optimizer: "adam" | "adamw" | "sgd";
  readonly seed: number;
  readonly threads: number;
  readonly device: "cpu" | "gpu";
  /** Directory for the results. */
  readonly out: string;
  /** A checkpoint to go on from, or weights to start from. */
  readonly resume?: string;
}

/** What was asked for, and which of it explicitly. */
export interface CommandLine {
  readonly options: Options;
  isGiven(name: keyof Options): boolean;
}

/** Reads the command line. Wrong options, and `--help`, end the process with a sentence. */
export function parseCommandLine(argv: readonly string[]): CommandLine {
  const command = new Command("npm start --")
    .description("Trains a small convolutional network to read handwritten digits.")
    .option(
      "--dataset <name>",
      "digits (embedded), mnist (downloaded once), or a directory with MNIST's IDX files",
      "digits",
    )
    .option("--epochs <n>", "passes over the training set", integer(1), 10)
    .option("--batch-size <n>", "examples in a step", integer(1), 32)
    .option("--lr <x>", "learning rate", positive, 0.003)
    .addOption(
      new Option("--optimizer <name>", "how parameters move").choices(["adam", "adamw", "sgd"]).default("adam"),
    )
    .option("--seed <n>", "one seed gives one curve", integer(0), 0)
    .option("--threads <n>", "most threads to use", integer(1), availableParallelism())
    .addOption(new Option("--device <name>", "where to compute").choices(["cpu", "gpu"]).default("cpu"))
    .option("--out <directory>", "where results are written", fileURLToPath(new URL("../../out", import.meta.url)))
    .option("--resume <file>", "go on from a checkpoint.safetensors, or start from a model.safetensors")
    .allowExcessArguments(false)
    .parse([...argv], { from: "user" });
  const given = command.opts<Options>();
  const isGiven = (name: keyof Options) => command.getOptionValueSource(name) === "cli";
  const resume = given.resume === undefined ? undefined : fromUser("resume", given.resume);
  return {
    options: {
      ...given,
      dataset: ["digits", "mnist"].includes(given.dataset) ? given.dataset : fromUser("dataset", given.dataset),
      // a run that goes on writes where it began
      out: resume !== undefined && !isGiven("out") ? dirname(resume) : fromUser("out", given.out),
      ...(resume === undefined ? {} : { resume }),
    },
    isGiven,
  };
}

/** Where the user typed the command: npm runs scripts at the root, wherever they were called from. */
export function userDirectory(): string {
  const { npm_lifecycle_event, INIT_CWD } = process.env;
  return npm_lifecycle_event === "start" && INIT_CWD !== undefined ? INIT_CWD : process.cwd();
}

/** A path as the user meant it. */
function fromUser(option: string, path: string): string {
  if (path === "") throw new Error(`--${option}: the path is empty. Name a place, or leave the option out.`);
  return resolve(userDirectory(), path);
}

function integer(least: number) {
  return (text: string): number => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < least) {
      throw new InvalidArgumentError(`It must be an integer of at least ${least}.`);
    }
    return value;
  };
}

function positive(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value) || value <= 0)
    throw new InvalidArgumentError("It must be a positive number.");
  return value;
}
