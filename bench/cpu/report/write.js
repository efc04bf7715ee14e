// Where results go.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { toJson } from "./format.js";
import { readmeSection, resultPage, withSection } from "./pages.js";

const RESULTS = fileURLToPath(new URL("../../results/", import.meta.url));
const README = fileURLToPath(new URL("../../../README.md", import.meta.url));
const PUBLISHED = "cpu";

/** The chart, or undefined where the library that draws it is not installed. */
async function chartOf(results) {
  try {
    const { drawChart } = await import("./chart.js");
    return await drawChart(results);
  } catch (error) {
    console.error(`No chart: ${error.message.split("\n")[0]}`);
    return undefined;
  }
}

/**
 * Writes NAME.json, NAME.md and NAME.svg to bench/results, and, for the name "cpu", the section of the README.
 *
 * @param {import("./means.js").Results} results
 * @param {string} name
 * @returns {Promise<string[]>} The files that were written.
 */
export async function writeReport(results, name) {
  const chart = await chartOf(results);
  const files = {
    [`${RESULTS}${name}.json`]: toJson(results),
    [`${RESULTS}${name}.md`]: resultPage(results, chart && `${name}.svg`),
    ...(chart && { [`${RESULTS}${name}.svg`]: chart }),
  };
  if (name === PUBLISHED) {
    const section = readmeSection(results, chart && `bench/results/${name}.svg`, `bench/results/${name}.md`);
    files[README] = withSection(readFileSync(README, "utf8"), section);
  }
  mkdirSync(RESULTS, { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(file, text);
  return Object.keys(files).map((file) => relative(".", file));
}
