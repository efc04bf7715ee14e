// The chart of a run, as SVG: who is faster, map by map.

import { drawSvg } from "../../peers/drawSvg.js";
import { chartSpecification } from "./chartSpecification.js";

/** Colours of text and lines on a light page, and on a dark one. */
const STYLE = "<style>svg{color:#1f2328}@media(prefers-color-scheme:dark){svg{color:#e6edf3}}</style>";

/**
 * @param {import("./means.js").Results} results
 * @returns {Promise<string | undefined>} undefined where there is nobody to compare with.
 */
export async function drawChart(results) {
  const specification = chartSpecification(results);
  if (specification === undefined) return undefined;
  const svg = await drawSvg(specification);
  return `${svg.replace(/^(<svg[^>]*>)/, `$1${STYLE}`)}\n`;
}
