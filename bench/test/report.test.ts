import { describe, expect, test } from "vitest";
import { flopsOf, layer } from "../cpu/layers.js";
import { chartSpecification } from "../cpu/report/chartSpecification.js";
import { formatNumber, formatRatio, toJson } from "../cpu/report/format.js";
import { ratioTo, speeds } from "../cpu/report/means.js";
import { readmeSection, resultPage, withSection } from "../cpu/report/pages.js";
import { layerTable, ratioTable, reasonList, speedTable, trainingTable } from "../cpu/report/tables.js";

// A made-up run: a peer that is twice as slow on one layer and eight times as fast on the other, and one that cannot.

const [small, large] = [layer("small", 8, 8, 4, 1), layer("large", 16, 16, 4, 1)].map((one) => ({
  ...one,
  flops: flopsOf(one),
}));
const time = (peer: string, name: string | null, median: number, threads = 1) => ({
  layer: name,
  map: name === null ? "training" : "forward",
  peer,
  threads,
  status: "ok",
  median,
  best: median,
  runs: 7,
});
const results = {
  command: "pnpm bench",
  machine: {
    cpu: "A processor",
    cores: 2,
    loadBefore: 0.1,
    loadAfter: 1.9,
    memoryGiB: 8,
    system: "A system",
    node: "v0",
    date: "2026-01-01",
    commit: "abc",
  },
  peers: [
    { id: "ours", title: "@conv", threads: [1], note: "plain kernels", notes: [{ threads: 2, reason: "It has one." }] },
    { id: "other", title: "Other", version: "1.2", threads: [1, 2], notes: [] },
    { id: "third", title: "Third", threads: [1], notes: [] },
  ],
  layers: [small, large],
  measurements: [
    time("ours", "small", 1),
    time("ours", "large", 4),
    time("other", "small", 2),
    time("other", "large", 0.5),
    time("other", "small", 0.8, 2),
    { ...time("third", "small", 0), status: "wrong", reason: "it computed something else", median: undefined },
    time("third", "large", 1000),
    time("ours", null, 40),
    time("other", null, 10),
    { ...time("third", null, 0), status: "cannot", reason: "it does not train", median: undefined },
  ],
};

describe("numbers", () => {
  test("have three digits, and thin spaces between thousands", () => {
    const numbers = [0.02534, 0.5, 2.6, 47.83, 231.4, 68000, Number.NaN];
    expect(numbers.map(formatNumber)).toEqual(["0.0253", "0.500", "2.60", "47.8", "231", "68\u202f000", "–"]);
  });

  test("in JSON have six, and every element of a list its line", () => {
    const written = { command: "pnpm bench", measurements: [{ median: 1 / 3 }, { median: 231_211_008 }], peers: [] };
    expect(toJson(written)).toMatchInlineSnapshot(`
      "{
        "command": "pnpm bench",
        "measurements": [
          {"median":0.333333},
          {"median":231211008}
        ],
        "peers": []
      }
      "
    `);
    expect(JSON.parse(toJson(results)).peers).toEqual(results.peers);
  });

  test("that are ratios say so", () => expect(formatRatio(0.5)).toBe("0.500×"));
});

describe("means", () => {
  test("a ratio is the geometric mean over the layers that both have", () => {
    expect(ratioTo(results, "other", "forward", 1)?.ratio).toBeCloseTo(1 / 2, 12); // of 2 and 1/8
    expect(ratioTo(results, "third", "forward", 1)).toEqual({ ratio: expect.closeTo(250), layers: 1 });
    expect(ratioTo(results, "other", "training", 1)?.ratio).toBeCloseTo(1 / 4, 12);
    expect(ratioTo(results, "other", "forward", 2)).toBeUndefined(); // @conv was not there
  });

  test("speeds are over the layers that all have", () => {
    const { layers, speeds: found } = speeds(results, "forward", 1);
    expect(layers).toBe(1);
    expect(found.get("ours")).toBeCloseTo(large.flops / 4e6, 12);
  });
});

describe("tables", () => {
  test("say how many times as fast @conv is, losses as wins", () => {
    expect(ratioTable(results)).toMatchInlineSnapshot(`
      "| @conv beside | forward | training step |
      | --- | ---: | ---: |
      | Other, 1 thread | 0.500× (2) | 0.250× |
      | Third, 1 thread | 250× (1) | – |
      | Other, 2 threads | – | – |"
    `);
  });

  test("give GFLOP/s, and over how many layers", () => {
    expect(speedTable(results)).toMatchInlineSnapshot(`
      "| GFLOP/s | forward, 1T (1 layer) | forward, 2T (1 layer) |
      | --- | ---: | ---: |
      | @conv | 0.00205 | – |
      | Other | 0.0164 | 0.00256 |
      | Third | 0.00000819 | – |"
    `);
  });

  test("give milliseconds, the fastest bold, and in a word why there are none", () => {
    expect(layerTable(results, "forward", 1)).toMatchInlineSnapshot(`
      "| ms | @conv | Other | Third |
      | --- | ---: | ---: | ---: |
      | small | **1.00** | 2.00 | wrong |
      | large | 4.00 | **0.500** | 1 000 |"
    `);
    expect(trainingTable(results)).toMatchInlineSnapshot(`
      "| training step, ms | 1 thread | 2 threads |
      | --- | ---: | ---: |
      | @conv | 40.0 | – |
      | Other | 10.0 | – |
      | Third | cannot | – |"
    `);
  });

  test("are followed by the reasons", () => {
    expect(reasonList(results)).toMatchInlineSnapshot(`
      "- Third, small forward: wrong: it computed something else
      - Third, training: cannot: it does not train"
    `);
  });
});

describe("pages", () => {
  test("name the machine, the day, the versions and the command", () => {
    const page = resultPage(results, "cpu.svg");
    for (const said of [
      "A processor, 2 cores, load 0.1 before and 1.9 after, 8 GiB",
      "2026-01-01",
      "`pnpm bench`",
      "| Other | 1.2 |",
      "cpu.svg",
    ]) {
      expect(page).toContain(said);
    }
    expect(page).not.toMatch(/undefined|NaN/);
  });

  test("a README keeps what stands around its section", () => {
    const readme = "before\n\n<!-- bench:start -->\nold\n<!-- bench:end -->\n\nafter\n";
    const written = withSection(readme, readmeSection(results, "cpu.svg", "cpu.md"));
    expect(written).toMatch(/^before\n\n<!-- bench:start -->\n\n!\[.*\]\(cpu\.svg\)/);
    expect(written).toMatch(/\n<!-- bench:end -->\n\nafter\n$/);
    expect(written).not.toContain("old");
    expect(withSection(written, "new\n")).toBe(withSection(readme, "new\n"));
  });

  test("a README without markers is an error", () => {
    expect(() => withSection("text", "new")).toThrowErrorMatchingInlineSnapshot(
      `[Error: README.md: put <!-- bench:start --> and <!-- bench:end --> where the numbers should stand.]`,
    );
  });
});

describe("the chart", () => {
  test("has a bar for each peer, map and number of threads that @conv was measured beside", () => {
    const { data } = chartSpecification(results) as {
      data: { values: { peer: string; map: string; label: string }[] };
    };
    expect(data.values.map(({ peer, map, label }) => `${peer}, ${map}: ${label}`)).toMatchInlineSnapshot(`
      [
        "Other, forward: 0.500×",
        "Third, forward: 250×",
        "Other, training step: 0.250×",
      ]
    `);
  });

  test("is not drawn of @conv alone", () => {
    expect(chartSpecification({ ...results, peers: results.peers.slice(0, 1) })).toBeUndefined();
  });
});
