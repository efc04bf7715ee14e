import type { Figure, Grid } from "./figure.js";

/**
 * W, what multiplies the patches: a row for each output channel, zero outside its group. A maximum and a norm have none:
 * they do something else with a patch than to add it up.
 */
export function filtersOf({ settings, kernel, patches, output }: Figure): Grid | undefined {
  const { operation, groups, channels } = settings;
  if (operation === "max" || operation === "l2") return undefined;
  const [rows, columns] = [output.channels, patches.rows];
  const isConv = operation === "conv";
  const seen = isConv ? columns / groups : columns / channels;
  const values = new Float64Array(rows * columns);
  for (let o = 0; o < rows; o++) {
    const first = isConv && groups === 1 ? 0 : o * seen;
    for (let k = 0; k < seen; k++) values[o * columns + first + k] = isConv ? kernel[o * seen + k] : 1 / seen;
  }
  return { values, rows, columns };
}
