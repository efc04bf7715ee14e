/** Words that other libraries use for our options. */
const RIGHT_WORD: Readonly<Record<string, string>> = {
  strides: "stride",
  pad: "padding",
  pads: "padding",
  padMode: "paddingMode",
  dilations: "dilation",
  dilationRate: "dilation",
  group: "groups",
  kernel: "kernelSize",
  filterSize: "kernelSize",
  ceil: "ceilMode",
  axis: "dim",
  dims: "dim",
  keepDims: "keepDim",
  learningRate: "lr",
  useBias: "bias",
};

/**
 * Refuses options that an operator does not have, so that a misspelt one is never silently ignored.
 *
 * @throws {TypeError} Naming the wrong word, and the right one where it is known.
 */
export function checkOptions(operator: string, options: object, known: readonly string[]): void {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw new TypeError(`${operator}: options must be an object such as { ${known[0]}: … }, got ${String(options)}.`);
  }
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    const right = [RIGHT_WORD[name], RIGHT_WORD[name.toLowerCase()], name.replace(/_(.)/g, (_, c) => c.toUpperCase())];
    const meant = right.find((word) => word !== undefined && known.includes(word));
    const what = meant === undefined ? `It takes ${known.join(", ")}.` : `Did you mean ${meant}?`;
    throw new TypeError(`${operator}: unknown option ${name}. ${what}`);
  }
}

/**
 * An integer option that is at least `least`.
 *
 * @throws {RangeError} When it is fractional, NaN, not a number, or too small.
 */
export function checkInteger(operator: string, name: string, value: number, least: number): number {
  if (!Number.isInteger(value) || value < least) {
    const kind = least === 1 ? "a positive integer" : least === 0 ? "an integer of at least 0" : `an integer of at least ${least}`;
    throw new RangeError(`${operator}: ${name} must be ${kind}, got ${formatValue(value)}.`);
  }
  return value;
}

/**
 * One integer per spatial axis, from one number for all or an array with one each.
 *
 * @throws {RangeError} When an entry is not an integer of at least `least`.
 * @throws {TypeError} When the array has another length.
 */
export function perAxis(
  operator: string,
  name: string,
  value: number | readonly number[],
  rank: number,
  least: number,
): number[] {
  if (Array.isArray(value) && value.length !== rank) {
    throw new TypeError(
      `${operator}: ${name} must be one number or an array of ${rank}, got [${value.join(", ")}].`,
    );
  }
  const values: readonly number[] = Array.isArray(value) ? value : new Array(rank).fill(value);
  return values.map((v) => checkInteger(operator, name, v, least));
}

/** A value as errors print it: strings in quotes, the rest as JavaScript shows it. */
export function formatValue(value: unknown): string {
  return typeof value === "string" ? `"${value}"` : Array.isArray(value) ? `[${value.join(", ")}]` : String(value);
}
