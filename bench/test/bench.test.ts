import { describe, expect, test } from "vitest";
import { runBench, subjectsOf } from "../cpu/bench.js";
import { layer } from "../cpu/layers.js";
import { readOptions } from "../cpu/options.js";
import { PEERS } from "../cpu/peers.js";
import { resultPage } from "../cpu/report/pages.js";

// The harness with this repository alone: no peer need be installed. `build` runs before `test`.

const tiny = layer("tiny", 4, 8, 9, 3, { batch: 2, stride: 2, groups: 2 });
const limits = { rounds: 2, budget: 1, threads: [1] };
const machine = { cpu: "", cores: 1, memoryGiB: 1, system: "", node: "", date: "", commit: "abc" };

describe("a run", () => {
  test("times every map of a layer in a process of its own", async () => {
    const options = {
      ...limits,
      command: "",
      cases: [tiny],
      maps: ["forward", "gradX", "gradW"],
      layers: true,
      training: false,
    };
    const titles: string[] = [];
    const results = await runBench(options, {
      peers: PEERS.filter(({ id }) => id === "ours"),
      machine,
      report: ({ title }) => {
        titles.push(title);
      },
    });
    expect(titles).toEqual(["tiny, forward", "tiny, grad input", "tiny, grad weight"]);
    expect(results.measurements.map(({ map, status }) => `${map} ${status}`)).toEqual([
      "forward ok",
      "gradX ok",
      "gradW ok",
    ]);
    for (const { median = 0, best = 0, runs = 0 } of results.measurements) {
      expect(best).toBeGreaterThan(0);
      expect(median).toBeGreaterThanOrEqual(best);
      expect(runs).toBeGreaterThanOrEqual(2);
    }
    expect(resultPage(results)).toContain("| tiny | **");
  });

  test("has no times of a peer that is wrong, dies, or cannot", async () => {
    const peers = [
      ...PEERS.filter(({ id }) => id === "ours"),
      { id: "same", title: "The same", file: "./ours.js", isFromNpm: false },
      { id: "bad", title: "Bad", file: "../test/badPeer.js", isFromNpm: false },
    ];
    const run = async (maps: readonly string[]) => {
      const options = { ...limits, command: "", cases: [tiny], maps, layers: true, training: false };
      const { measurements } = await runBench(options, { peers, machine, report: () => {} });
      return measurements.map(({ peer, map, status }) => `${peer} ${map} ${status}`);
    };
    expect(await run(["forward", "gradW", "gradX"])).toEqual([
      ...["ours forward ok", "same forward ok", "bad forward wrong"],
      ...["ours gradW ok", "same gradW ok", "bad gradW cannot"],
      ...["ours gradX ok", "same gradX ok", "bad gradX failed"],
    ]);
  });

  test("says of a peer that is not installed, or not there, why", async () => {
    const options = { ...limits, command: "", cases: [tiny], maps: ["forward"], layers: true, training: false };
    const peers = [
      { id: "absent", title: "Absent", file: "../peers/absent.js", isFromNpm: false },
      { id: "tfjs-wasm", title: "tfjs-wasm", file: "../peers/tfjsWasm.js", isFromNpm: true },
    ];
    const { peers: found, measurements } = await runBench(options, {
      peers,
      missing: "offline",
      machine,
      report: () => {},
    });
    expect(measurements).toEqual([]);
    expect(found[0].notes[0].reason).toContain("absent.js");
    expect(found[1].notes).toEqual([{ threads: 1, reason: "offline" }]);
  });
});

describe("the command line", () => {
  test("measures all, for the README", () => {
    const options = readOptions([]);
    expect(options).toMatchObject({ threads: [1, 2], layers: true, training: true, out: "cpu", command: "pnpm bench" });
    expect(subjectsOf(options)).toHaveLength(17 * 3 + 1);
  });

  test("measures a choice, beside it", () => {
    const options = readOptions([
      "--",
      "--peers",
      "pytorch,ours",
      "--cases",
      "3x3 64->64",
      "--maps",
      "gradW",
      "--no-training",
    ]);
    expect(options).toMatchObject({ peers: ["ours", "pytorch"], training: false, out: "selection" });
    expect(subjectsOf(options).map(({ title }) => title)).toEqual([
      "3×3 64→64 @56, grad weight",
      "3×3 64→64 @56, batch 8, grad weight",
    ]);
  });
});
