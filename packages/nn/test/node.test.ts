import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BackendError, cpu, type Tensor, tensor, zeros } from "@conv/core";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Adam, FormatError, Linear, restore, Sequential, safetensorsMetadata, toSafetensors } from "../src/index.js";
import { loadCheckpoint, loadSafetensors, saveCheckpoint, saveSafetensors, writeWhole } from "../src/node.js";

let folder = "";
const at = (name: string) => join(folder, name);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "conv-nn-"));
});
afterEach(() => rm(folder, { recursive: true }));

const kinds = (state: Readonly<Record<string, Tensor>>) =>
  Object.entries(state).map(([name, { shape, dtype }]) => [name, shape, dtype]);
const values = (state: Readonly<Record<string, Tensor>>) =>
  Object.fromEntries(Object.entries(state).map(([name, value]) => [name, [...value.dataSync()]]));

describe("saveSafetensors and loadSafetensors", () => {
  test("by hand: what was saved is loaded, and nothing else is in the folder", async () => {
    const state = { a: tensor([1, 2]), b: tensor(Int32Array.of(-3), [1, 1]) };
    await saveSafetensors(at("model.safetensors"), state, { by: "hand" });
    const loaded = await loadSafetensors(at("model.safetensors"));
    expect(values(loaded)).toEqual({ a: [1, 2], b: [-3] });
    expect(kinds(loaded)).toEqual(kinds(state));
    expect(await readdir(folder)).toEqual(["model.safetensors"]);
    const bytes = await readFile(at("model.safetensors"));
    expect([...bytes]).toEqual([...toSafetensors(state, { by: "hand" })]);
    expect(safetensorsMetadata(bytes)).toEqual({ by: "hand" });
  });

  test("a second save replaces the file, a shorter one too", async () => {
    await saveSafetensors(at("model"), { a: tensor(new Float32Array(100)) });
    await saveSafetensors(at("model"), { a: tensor([7]) });
    expect(values(await loadSafetensors(at("model")))).toEqual({ a: [7] });
  });

  test("writes tensors of a device that cannot answer at once, in half the size", async () => {
    const readSync = () => {
      throw new BackendError("remote: values cannot be read at once.");
    };
    const remote = { ...cpu, name: "remote", isHost: false, readSync };
    await saveSafetensors(at("model"), { a: tensor([1, 1.0001]).to(remote) }, {}, { dtype: "F16" });
    expect(values(await loadSafetensors(at("model")))).toEqual({ a: [1, 1] });
  });

  test("loading a file that is none is a FormatError, and a missing one says so", async () => {
    await writeFile(at("text"), "hello");
    await expect(loadSafetensors(at("text"))).rejects.toThrow(FormatError);
    await expect(loadSafetensors(at("missing"))).rejects.toThrow("ENOENT");
  });

  test("a state that cannot be written rejects, it does not throw before there is a promise", async () => {
    const disposed = tensor([1]);
    disposed.dispose();
    await saveSafetensors(at("model"), { disposed }).catch(() => "rejected");
  });
});

describe("saveCheckpoint and loadCheckpoint", () => {
  test("a run that was saved is restored from the file", async () => {
    const model = new Sequential(new Linear(2, 1));
    const optimizer = new Adam(model.parameters(), { lr: 0.5 });
    await saveCheckpoint(at("run"), { model, optimizer, position: { epoch: 1, step: 2 } }, { note: "x" });
    const other = new Sequential(new Linear(2, 1));
    const fresh = new Adam(other.parameters());
    const checkpoint = await loadCheckpoint(at("run"));
    restore({ model: other, optimizer: fresh }, checkpoint);
    expect(values(other.stateDict())).toEqual(values(model.stateDict()));
    expect([checkpoint.position, fresh.lr]).toEqual([{ epoch: 1, step: 2 }, 0.5]);
  });

  test("a safetensors file without a run is refused", async () => {
    await saveSafetensors(at("model"), { a: tensor([1]) });
    await expect(loadCheckpoint(at("model"))).rejects.toThrowErrorMatchingInlineSnapshot(
      `[FormatError: fromCheckpoint: the file holds tensors, but no training run. Load it with fromSafetensors.]`,
    );
  });
});

describe("a save that fails", () => {
  test("with a directory in the way leaves it, and no temporary file", async () => {
    await mkdir(at("model"));
    await writeFile(join(at("model"), "inside"), "kept");
    await expect(saveSafetensors(at("model"), { a: tensor([1]) })).rejects.toThrow(/EISDIR|ENOTEMPTY|EPERM|EEXIST/);
    expect(await readdir(folder)).toEqual(["model"]);
    expect(await readFile(join(at("model"), "inside"), "utf8")).toBe("kept");
  });

  test("while it writes leaves the old file as it was, and no temporary file", async () => {
    await saveSafetensors(at("model"), { a: tensor([1, 2, 3]) });
    await expect(writeWhole(at("model"), 5 as never)).rejects.toThrow(TypeError);
    expect(await readdir(folder)).toEqual(["model"]);
    expect(values(await loadSafetensors(at("model")))).toEqual({ a: [1, 2, 3] });
  });

  test("because the state cannot be written leaves the old file as it was", async () => {
    await saveSafetensors(at("model"), { a: tensor([1, 2, 3]) });
    const disposed = tensor([1]);
    disposed.dispose();
    await expect(async () => saveSafetensors(at("model"), { disposed })).rejects.toThrow("disposed");
    expect(values(await loadSafetensors(at("model")))).toEqual({ a: [1, 2, 3] });
    expect(await readdir(folder)).toEqual(["model"]);
  });

  test("because there is no such folder says so", async () => {
    await expect(saveSafetensors(at("no/model"), { a: tensor([1]) })).rejects.toThrow("ENOENT");
    expect(await readdir(folder)).toEqual([]);
  });

  test("saves of one path at the same time each write a whole file", async () => {
    await Promise.all(Array.from({ length: 8 }, (_, i) => saveSafetensors(at("model"), { a: tensor([i]) })));
  });
});

test("of saves of one path that nobody waits for the last one stays, even if it is the smallest; one that fails holds up none", async () => {
  const sizes = [3_000_000, 1000, 1_000_000, 1];
  const saves = sizes.map((size) => saveSafetensors(at("model"), { a: zeros([size]) }));
  const failed = writeWhole(at("model"), 5 as never);
  const last = saveSafetensors(at("model"), { a: zeros([2]) });
  await expect(failed).rejects.toThrow(TypeError);
  await Promise.all([...saves, last]);
  expect((await loadSafetensors(at("model"))).a.shape).toEqual([2]);
  await Promise.all(sizes.map((size) => saveSafetensors(at("model"), { a: zeros([size]) })));
  expect((await loadSafetensors(at("model"))).a.shape).toEqual([1]);
});

describe("temporary files that killed processes left", () => {
  /** The number of a process that has ended. */
  const dead = () => spawnSync(process.execPath, ["-e", ""]).pid;

  test("are removed with the next save of that path; those of living processes and of other paths stay", async () => {
    const names = [
      `run.${dead()}.abc1.tmp`,
      `run.${dead()}.2.tmp`,
      `run.${process.ppid}.abc1.tmp`,
      `other.${dead()}.1.tmp`,
    ];
    for (const name of [...names, "run.tmp", "run.1.tmp.bak", "run.x.1.tmp"]) await writeFile(at(name), "half");
    await saveSafetensors(at("run"), { a: tensor([1]) });
    expect((await readdir(folder)).sort()).toEqual(
      ["run", "run.tmp", "run.1.tmp.bak", "run.x.1.tmp", names[2], names[3]].sort(),
    );
  });

  test("of an earlier process with our number are removed, our own are not", async () => {
    const [old, own] = [at(`run.${process.pid}.old1.tmp`), at(`run.${process.pid}.own1.tmp`)];
    for (const path of [old, own]) await writeFile(path, "half");
    await utimes(old, 1, 1);
    await saveSafetensors(at("run"), { a: tensor([1]) });
    expect((await readdir(folder)).sort()).toEqual(["run", `run.${process.pid}.own1.tmp`]);
  });
});
