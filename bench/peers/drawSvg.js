// Vega-Lite's charts without a browser.

import { parse, View } from "vega";
import { compile } from "vega-lite";

/** A chart as the text of an SVG. */
export async function drawSvg(specification) {
  const view = new View(parse(compile(specification).spec), { renderer: "none" });
  return view.toSVG();
}
