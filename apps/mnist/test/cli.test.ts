import { execFile, spawn } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { tensor } from "@conv/core";
import { writeIdx } from "@conv/data";
import { fromSafetensors } from "@conv/nn";
import { describe, expect, test } from "vitest";
import { createModel } from "../src/model.js";
import { newFolder, tinyDataset } from "./tinyDataset.js";

const program = fileURLToPath(new URL("../dist/cli/main.js", import.meta.url));
/** Without a driver for graphics processors on Linux, so that these tests do the same everywhere. */
const env = { ...process.env, NO_COLOR: "1", VK_ICD_FILENAMES: "/nowhere" };

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the trainer as a user would, without a terminal. */
function run(...args: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...args], { env }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

/** The same, interrupted once a while after it begins to train: a second time would stop it at once. */
async function interrupted(...args: string[]): Promise<Pick<Ended, "code" | "stdout">> {
  const child = spawn(process.execPath, [program, ...args], { env });
  let stdout = "";
  child.stdout.on("data", (text) => {
    if (stdout === "") setTimeout(() => child.kill("SIGINT"), 400);
    stdout += text;
  });
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { code, stdout };
}

const metricsIn = (folder: string) => JSON.parse(readFileSync(join(folder, "metrics.json"), "utf8"));

describe("a run on the embedded digits", () => {
  test("learns: in one epoch from guessing to most digits, and writes what it learned", async () => {
    const out = newFolder();
    const { code, stdout, stderr } = await run("--epochs", "1", "--out", out);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^digits: 1437 digits to learn from, 360 to be examined on$/m);
    expect(stdout).toMatch(
      /^epoch 1\/1 {3}train loss \d\.\d{4} {2}acc \d+\.\d % {3}test loss \d\.\d{4} {2}acc \d+\.\d %$/m,
    );
    expect(stdout).toMatch(/^ {5}0 {3}1 {3}2/m); // the confusion matrix
    expect(stdout).toMatch(/^a \d, read as \d/m);

    const metrics = metricsIn(out);
    expect(metrics).toMatchObject({ dataset: "digits", seed: 0, epochs: 1, device: "cpu" });
    expect(metrics.threads).toBeGreaterThanOrEqual(1);
    expect(metrics.loss).toHaveLength(45);
    expect(metrics.testAccuracy).toBeGreaterThan(0.7);
    expect(metrics.seconds).toBeGreaterThan(0);

    const weights = fromSafetensors(readFileSync(join(out, "model.safetensors")));
    expect(Object.keys(weights).sort()).toEqual(Object.keys(createModel().stateDict()).sort());
    expect(readdirSync(out).sort()).toEqual(["checkpoint.safetensors", "metrics.json", "model.safetensors"]);
  });
});

describe("a run on a directory of IDX files", () => {
  const dataset = tinyDataset();
  const args = ["--dataset", dataset, "--batch-size", "8", "--epochs", "2"];

  test("is the same for the same seed, to the last bit, and another for another seed", async () => {
    const losses = [];
    for (const seed of ["3", "3", "4"]) {
      const out = newFolder();
      await run(...args, "--seed", seed, "--out", out);
      losses.push(metricsIn(out).loss);
    }
    expect(losses[0]).toHaveLength(12);
    expect(losses[1]).toEqual(losses[0]);
    expect(losses[2]).not.toEqual(losses[0]);
  });

  test("interrupted, it saves and says so; resumed, it goes on as if nothing had been", async () => {
    const [whole, stopped, resumed] = [newFolder(), newFolder(), newFolder()];
    const long = ["--dataset", tinyDataset(6400), "--batch-size", "16", "--epochs", "1"];
    await run(...long, "--out", whole);

    const { code, stdout } = await interrupted(...long, "--out", stopped);
    expect(code).toBe(130);
    expect(stdout).toMatch(/^Stopped in epoch 1 after step \d+, and saved\. Go on with$/m);

    await run("--resume", join(stopped, "checkpoint.safetensors"), "--out", resumed);
    const [before, after] = [metricsIn(stopped).loss, metricsIn(resumed).loss];
    expect(before.length).toBeGreaterThan(0);
    expect(before.length).toBeLessThan(400);
    expect([...before, ...after]).toEqual(metricsIn(whole).loss);
    const model = (folder: string) => readFileSync(join(folder, "model.safetensors"));
    expect(model(resumed).equals(model(whole))).toBe(true);
  });

  test("every optimizer and number of threads is taken; what runs is said", async () => {
    for (const optimizer of ["adamw", "sgd"]) {
      const out = newFolder();
      const chosen = ["--optimizer", optimizer, "--lr", "0.01", "--threads", "4"];
      const { code, stdout } = await run(...args, ...chosen, "--epochs", "1", "--out", out);
      expect(code).toBe(0);
      expect(stdout).toContain("on cpu with 4 threads");
      expect(metricsIn(out).threads).toBe(4);
    }
  });
});

describe("--device gpu, whatever is there to compute on", () => {
  const args = ["--device", "gpu", "--batch-size", "8", "--epochs", "1"];

  test("trains, says what computes, and ends", async () => {
    const out = newFolder();
    const { code, stdout } = await run(...args, "--dataset", tinyDataset(), "--out", out);
    expect(code).toBe(0);
    const { device, loss, epochs } = metricsIn(out);
    expect(device).toMatch(/^gpu \((webgpu|webasm)\)$/);
    expect(stdout).toContain(`parameters, on ${device}`);
    expect(/^No graphics processor \(webgpu: .+\): the processor stands in/m.test(stdout)).toBe(
      device === "gpu (webasm)",
    );
    expect([loss.length, epochs]).toEqual([6, 1]);
  });

  test("interrupted, it saves, gives the device back and ends; the cpu goes on from there", async () => {
    const [stopped, resumed] = [newFolder(), newFolder()];
    const { code, stdout } = await interrupted(...args, "--dataset", tinyDataset(800), "--out", stopped);
    expect(code).toBe(130);
    expect(stdout).toMatch(/^Stopped in epoch 1 after step \d+, and saved\. Go on with$/m);
    expect(metricsIn(stopped).loss.length).toBeLessThan(100);
    const { stderr } = await run("--resume", join(stopped, "checkpoint.safetensors"), "--out", resumed);
    expect(stderr).toBe("");
    expect([...metricsIn(stopped).loss, ...metricsIn(resumed).loss]).toHaveLength(100);
  });
});

test("an error with --device gpu ends the process, too", async () => {
  const { code, stdout, stderr } = await run("--device", "gpu", "--dataset", "/nowhere");
  expect([code, stdout]).toEqual([1, ""]);
  expect(stderr).toMatch(/^error: mnist: there is no directory \/nowhere\. .*\n$/m); // drivers may complain before
});

describe("what cannot be is one sentence, exit code 1, and nothing written", () => {
  const dataset = tinyDataset();
  const cut = tinyDataset();
  const file = join(cut, "train-images-idx3-ubyte");
  writeFileSync(file, readFileSync(file).subarray(0, 5000));
  const foreign = tinyDataset();
  writeFileSync(join(foreign, "train-images-idx3-ubyte"), "this is no IDX file");
  const uneven = tinyDataset();
  writeFileSync(join(uneven, "train-labels-idx1-ubyte"), writeIdx(tensor(Int32Array.of(1, 2, 3))));
  const text = join(newFolder(), "text");
  writeFileSync(text, "this is no safetensors file, though it is long enough");
  const blocked = newFolder();
  mkdirSync(join(blocked, "metrics.json"));

  test.each([
    ["an unknown option", ["--epoch", "3"], /unknown option '--epoch'\n\(Did you mean --epochs\?\)/],
    [
      "a word for a number",
      ["--epochs", "many"],
      /'--epochs <n>' argument 'many' is invalid\. It must be an integer of at least 1/,
    ],
    ["no epochs", ["--epochs", "0"], /must be an integer of at least 1/],
    ["a negative rate", ["--lr", "-1"], /'--lr <x>' argument '-1' is invalid\. It must be a positive number/],
    ["an unknown optimizer", ["--optimizer", "magic"], /Allowed choices are adam, adamw, sgd/],
    ["too many arguments", ["digits"], /too many arguments/],
    ["an empty path", ["--out", ""], /--out: the path is empty/],
    ["a dataset of nothing", ["--dataset", tinyDataset(0)], /has no images in its training or its test set/],
    ["a word of the library", ["--dataset", "auto"], /there is no directory .*auto\. Pass --dataset digits, mnist, or/],
    ["a missing directory", ["--dataset", "/nowhere"], /there is no directory \/nowhere/],
    ["a truncated file", ["--dataset", cut], /train-images-idx3-ubyte/],
    ["a file that is not IDX", ["--dataset", foreign], /train-images-idx3-ubyte/],
    ["as many labels as images are missing", ["--dataset", uneven], /3 labels/],
    [
      "a place that cannot be written",
      ["--dataset", dataset, "--out", join(text, "out")],
      /--out: cannot write into .*text\/out/,
    ],
    [
      "a folder that cannot be made",
      ["--dataset", dataset, "--out", "/proc/conv"],
      /--out: cannot write into \/proc\/conv \(ENOENT\)/,
    ],
    [
      "a checkpoint that is not there",
      ["--resume", "/nowhere.safetensors"],
      /--resume: cannot read \/nowhere\.safetensors \(ENOENT\)/,
    ],
    ["a checkpoint that is none", ["--resume", text], /--resume: .*text is no checkpoint or model of this program \(/],
    [
      "results in the way of themselves",
      ["--dataset", dataset, "--out", blocked],
      /--out: cannot write into .* \(EISDIR\)/,
    ],
    ["an unknown device", ["--device", "tpu"], /Allowed choices are cpu, gpu/],
  ])("%s", async (_, args, sentence) => {
    const { code, stdout, stderr } = await run(...args);
    expect(code).toBe(1);
    expect(stdout).toBe("");
    expect(stderr).toMatch(sentence);
    expect(stderr).toMatch(/^error: /);
    expect(stderr).not.toMatch(/\n {4}at /);
    expect(stderr.trimEnd().split("\n").length).toBeLessThanOrEqual(2);
  });

  test("other settings than the resumed run's", async () => {
    const out = newFolder();
    await run("--dataset", dataset, "--batch-size", "16", "--epochs", "1", "--out", out);
    const resume = ["--resume", join(out, "checkpoint.safetensors")];
    const other = await run(...resume, "--batch-size", "8", "--epochs", "2");
    expect(other.stderr).toBe(
      "error: --resume: that run was made with batchSize 16, not 8. Leave the option out, or start anew.\n",
    );
    const complete = await run(...resume);
    expect(complete.stderr).toBe(
      "error: --resume: that run is complete after 1 epochs. Pass more to go on, such as --epochs 6.\n",
    );
    expect([other.code, complete.code]).toEqual([1, 1]);
  });

  test("without a network, MNIST: a sentence that says what to do instead", async () => {
    const { code, stderr } = await new Promise<Ended>((resolve) => {
      const offline = { ...env, CONV_DATA_DIR: newFolder(), CONV_DATA_MIRRORS: "http://127.0.0.1:9/" };
      execFile(process.execPath, [program, "--dataset", "mnist"], { env: offline }, (error, stdout, stderr) =>
        resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
      );
    });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: .*train-images-idx3-ubyte\.gz could not be downloaded .*--dataset digits.*\n$/);
  });
});

test("--help names every option", async () => {
  const { code, stdout } = await run("--help");
  expect(code).toBe(0);
  for (const option of [
    "dataset",
    "epochs",
    "batch-size",
    "lr",
    "optimizer",
    "seed",
    "threads",
    "device",
    "out",
    "resume",
  ]) {
    expect(stdout).toContain(`--${option} <`);
  }
});
