// What the chart shows, in the words of Vega-Lite: a column for each map, a row for each peer, a bar for each number of
// threads, from 1× to the right where @conv is faster, to the left where it is slower.

import { MAPS } from "../layers.js";
import { formatRatio } from "./format.js";
import { mapsOf, ratioTo, threadsOf } from "./means.js";

const FASTER = "#2f81c5";
const SLOWER = "#d9730d";
const FONT = "system-ui, sans-serif";

/** This repository, in Node and in a browser: no peers of itself. */
const OURS = ["ours", "chromium"];

/** The bars: { map, peer, threads, ratio, label }. */
function barsOf(results) {
  return [...mapsOf(results), "training"].flatMap((map) =>
    threadsOf(results).flatMap((threads) =>
      results.peers
        .filter(({ id }) => !OURS.includes(id))
        .flatMap(({ id, title }) => {
          const found = ratioTo(results, id, map, threads);
          if (found === undefined) return [];
          const { ratio } = found;
          return { map: MAPS[map] ?? "training step", peer: title, threads, ratio, label: formatRatio(ratio) };
        }),
    ),
  );
}

/**
 * The chart of a run.
 *
 * @param {import("./means.js").Results} results
 * @returns {object | undefined} undefined where there is nobody to compare with.
 */
export function chartSpecification(results) {
  const values = barsOf(results);
  if (values.length === 0) return undefined;
  const { machine, peers } = results;
  const most = Math.max(...values.map(({ threads }) => threads));
  const named = (field) => [...new Set(values.map((bar) => bar[field]))];
  const reach = 3 * Math.max(...values.map(({ ratio }) => Math.max(ratio, 1 / ratio))); // room for the labels
  const x = {
    field: "ratio",
    type: "quantitative",
    scale: { type: "log", domain: [1 / reach, reach], nice: false },
    axis: { title: null, labels: false, ticks: false, domain: false, grid: false },
  };
  const y = { field: "peer", type: "nominal", title: null, sort: peers.map(({ title }) => title) };
  const yOffset = { field: "threads", type: "ordinal" };
  const isFaster = { test: "datum.ratio >= 1", value: FASTER };
  const label = (test, align, dx) => ({
    transform: [{ filter: `datum.ratio ${test} 1` }],
    mark: { type: "text", align, dx, fontSize: 11 },
    encoding: { x, y, yOffset, text: { field: "label" } },
  });
  return {
    title: {
      text: "How many times as fast as its peers @conv is",
      subtitle: `blue: faster, orange: slower; ${most > 1 ? `pale: 1 thread, full: ${most}; ` : ""}layers: geometric means. ${machine.cpu}, ${machine.date}`,
    },
    data: { values },
    facet: { column: { field: "map", type: "nominal", title: null, sort: named("map") } },
    spec: {
      width: 165,
      height: { step: 13 },
      layer: [
        {
          mark: { type: "bar", cornerRadiusEnd: 2 },
          encoding: {
            x,
            x2: { datum: 1 },
            y,
            yOffset,
            color: { condition: isFaster, value: SLOWER },
            opacity: { field: "threads", type: "ordinal", scale: { range: [0.55, 1] }, legend: null },
          },
        },
        {
          mark: { type: "rule", color: "currentColor", opacity: 0.5 },
          encoding: { x: { datum: 1, ...x, field: undefined } },
        },
        label(">=", "left", 4),
        label("<", "right", -4),
      ],
    },
    config: {
      background: null,
      font: FONT,
      view: { stroke: null },
      text: { color: "currentColor" },
      axis: { labelColor: "currentColor", domainColor: "currentColor", ticks: false, labelFontSize: 12, domain: false },
      header: { labelColor: "currentColor", labelFontSize: 13, labelFontWeight: "bold" },
      title: {
        color: "currentColor",
        subtitleColor: "currentColor",
        anchor: "start",
        fontSize: 15,
        subtitleFontSize: 11,
      },
    },
  };
}
