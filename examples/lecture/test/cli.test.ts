import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const program = fileURLToPath(new URL("../dist/main.js", import.meta.url));

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command as a user would, without a terminal. */
function run(...args: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const env = { ...process.env, NO_COLOR: "1", COLUMNS: "120" };
    execFile(process.execPath, [program, ...args], { env }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

const newFolder = () => mkdtempSync(join(tmpdir(), "lecture-"));
const TINY = ["--seeds", "1", "--epochs", "1", "--digits", "32"];

test("--help", async () => {
  const { code, stdout } = await run("--help");
  expect(code).toBe(0);
  expect(stdout.replace(/\(default: \d+\)(?=\n.*--json)/, "(default: CORES)")).toMatchInlineSnapshot(`
    "Usage: npm run lecture -- [options]

    Trains small networks on handwritten digits to see whether what the lecture
    claims is so.

    Options:
      --seeds <n>        how often each model is trained, from the seeds 0, 1, …
                         (default: 5)
      --epochs <n>       passes over the digits (default: 4)
      --only <claim...>  which claims to examine (default: all) (choices: "shift",
                         "stride", "groups", "dilation", "padding")
      --digits <n>       learn from the first n digits, be examined on the first n
                         others (default: all)
      --threads <n>      most threads to use (default: CORES)
      --json <file>      write the figures there
      --readme [file]    write the tables between the markers of a Markdown file
                         (default: the example's README)
      -h, --help         display help for command
    "
  `);
});

test("one claim: its table and what was seen of it, and the same as JSON", async () => {
  const json = join(newFolder(), "figures.json");
  const { code, stdout, stderr } = await run(...TINY, "--only", "stride", "--json", json);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatch(/^Each model learns from 32 digits for 1 epoch, from 1 seed, /);
  expect(stdout).toMatch(/│ stride 2 +│ +9,122 │ +78,400 │ +[\d.]+ % │ 1\.00× │/);
  expect(stdout).toContain("Claimed: A convolution of stride 2");
  expect(stdout).toContain("  as claimed        MACs: stride 2 (78,400) is below max pool (290,080).\n");
  expect(stdout).not.toContain("Grouped");

  const { claims, ...about } = JSON.parse(readFileSync(json, "utf8"));
  expect(about).toMatchObject({
    command: "npm run lecture -- --seeds 1 --epochs 1 --only stride --digits 32",
    settings: { seeds: 1, epochs: 1 },
    digits: { train: 32, test: 32 },
    machine: { node: process.version, date: expect.stringMatching(/^\d{4}-\d\d-\d\d$/) },
  });
  expect(claims).toMatchObject([
    { name: "stride", findings: [{ name: "stride 2", cost: { parameters: 9122 } }, {}, {}] },
  ]);
});

test("claims come in the lecture's order, whatever order they are asked for in", async () => {
  const { stdout } = await run(...TINY, "--only", "stride", "shift");
  const [shift, stride] = ["Fully connected against", "Strided against"].map((title) => stdout.indexOf(title));
  expect(shift).toBeGreaterThan(0);
  expect(stride).toBeGreaterThan(shift);
});

test("--readme writes all tables between the markers of a file", async () => {
  const page = join(newFolder(), "page.md");
  writeFileSync(page, "# Title\n\n<!-- figures:start -->\nSTALE\n<!-- figures:end -->\n\nThe end.\n");
  const { code } = await run(...TINY, "--readme", page);
  expect(code).toBe(0);
  const written = readFileSync(page, "utf8");
  expect(written).toMatch(/^# Title\n\n<!-- figures:start -->\n\nWritten by `npm run lecture -- --seeds 1 /);
  expect(written).toMatch(/<!-- figures:end -->\n\nThe end\.\n$/);
  expect(written.match(/^### /gm)).toHaveLength(5);
  expect(written).not.toContain("STALE");
});

const text = join(newFolder(), "text.md");
writeFileSync(text, "no markers");

test.each([
  ["an unknown claim", ["--only", "depth"], /Allowed choices are shift, stride, groups, dilation, padding\./],
  ["no seeds", ["--seeds", "0"], /'--seeds <n>' argument '0' is invalid\. It must be an integer of at least 1\./],
  [
    "half an epoch",
    ["--epochs", "0.5"],
    /'--epochs <n>' argument '0.5' is invalid\. It must be an integer of at least 1/,
  ],
  ["a word for a number", ["--digits", "few"], /'--digits <n>' argument 'few' is invalid/],
  ["an unknown option", ["--seed", "3"], /unknown option '--seed'\n\(Did you mean --seeds\?\)/],
  ["too many arguments", ["shift"], /too many arguments/],
  [
    "a page of some claims",
    ["--only", "shift", "--readme"],
    /--readme writes the tables of all claims\. Leave --only out/,
  ],
  [
    "a page without markers",
    ["--readme", text],
    /--readme: the file has no section for figures\. Put <!-- figures:start/,
  ],
  [
    "a page that is not there",
    ["--readme", "/nowhere/page.md"],
    /--readme: cannot write \/nowhere\/page\.md \(ENOENT\)\./,
  ],
  [
    "a place that cannot be written",
    ["--json", "/nowhere/a.json"],
    /--json: cannot write \/nowhere\/a\.json \(ENOENT\)\./,
  ],
  ["an empty path", ["--json", ""], /--json: the path is empty\. Name a file, or leave the option out\./],
])("%s is one sentence and exit code 1", async (_, args, sentence) => {
  const { code, stdout, stderr } = await run(...args);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toMatch(/^error: /);
  expect(stderr).toMatch(sentence);
  expect(stderr).not.toMatch(/\n {4}at /);
});
