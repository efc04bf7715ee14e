import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Command, InvalidArgumentError, Option } from "commander";
import type { Claim } from "./claim.js";
import { CLAIMS } from "./claims/index.js";

/** What the command line asks for. */
export interface Options {
  readonly seeds: number;
  readonly epochs: number;
  readonly claims: readonly Claim[];
  /** Digits to learn from, and at most as many to be examined on; undefined: all. */
  readonly digits?: number;
  readonly threads: number;
  /** Files for the figures. */
  readonly json?: string;
  readonly readme?: string;
  /** The command that gives the same figures. */
  readonly command: string;
}

/** As commander hands them out. */
type Given = Omit<Options, "claims" | "readme" | "command"> & {
  readonly only?: readonly string[];
  readonly readme?: string | true;
};

const README = fileURLToPath(new URL("../README.md", import.meta.url));
const NAMES = CLAIMS.map(({ name }) => name);

/** Reads the command line. Wrong options, and `--help`, end the process with a sentence. */
export function parseCommandLine(argv: readonly string[]): Options {
  const given = new Command("npm run lecture --")
    .description("Trains small networks on handwritten digits to see whether what the lecture claims is so.")
    .option("--seeds <n>", "how often each model is trained, from the seeds 0, 1, …", atLeastOne, 5)
    .option("--epochs <n>", "passes over the digits", atLeastOne, 4)
    .addOption(new Option("--only <claim...>", "which claims to examine (default: all)").choices(NAMES))
    .option(
      "--digits <n>",
      "learn from the first n digits, be examined on the first n others (default: all)",
      atLeastOne,
    )
    .option("--threads <n>", "most threads to use", atLeastOne, availableParallelism())
    .option("--json <file>", "write the figures there")
    .option(
      "--readme [file]",
      "write the tables between the markers of a Markdown file (default: the example's README)",
    )
    .allowExcessArguments(false)
    .parse([...argv], { from: "user" })
    .opts<Given>();
  const { only = NAMES, json, readme, ...rest } = given;
  if (readme !== undefined && given.only !== undefined) {
    throw new Error("--readme writes the tables of all claims. Leave --only out, or write --json.");
  }
  return {
    ...rest,
    claims: CLAIMS.filter(({ name }) => only.includes(name)),
    ...(json === undefined ? {} : { json: fromUser("json", json) }),
    ...(readme === undefined ? {} : { readme: readme === true ? README : fromUser("readme", readme) }),
    command: commandOf(given),
  };
}

/** What is to be typed for the same figures, without the files they go to. */
function commandOf({ seeds, epochs, only, digits }: Given): string {
  const some = [
    ...(only === undefined ? [] : ["--only", ...only]),
    ...(digits === undefined ? [] : ["--digits", digits]),
  ];
  return ["npm run lecture -- --seeds", seeds, "--epochs", epochs, ...some].join(" ");
}

/** A path as the user meant it: npm runs scripts at the root, wherever they were called from. */
function fromUser(option: string, path: string): string {
  if (path === "") throw new Error(`--${option}: the path is empty. Name a file, or leave the option out.`);
  const { npm_lifecycle_event, INIT_CWD } = process.env;
  return resolve(npm_lifecycle_event === "lecture" && INIT_CWD !== undefined ? INIT_CWD : process.cwd(), path);
}

function atLeastOne(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < 1) {
    throw new InvalidArgumentError("It must be an integer of at least 1.");
  }
  return value;
}
