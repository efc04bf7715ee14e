/** Words that other libraries use for our options, in lower case without `_`. */
const RIGHT_WORDS: Readonly<Record<string, readonly string[]>> = {
  strides: ["stride"],
  pad: ["padding"],
  pads: ["padding"],
  padmode: ["paddingMode", "mode"],
  paddingmode: ["paddingMode", "mode"],
  mode: ["paddingMode"],
  dilations: ["dilation"],
  dilationrate: ["dilation"],
  group: ["groups"],
  kernel: ["kernelSize"],
  filtersize: ["kernelSize"],
  ceil: ["ceilMode"],
  axis: ["dim"],
  dims: ["dim"],
  keepdims: ["keepDim"],
  learningrate: ["lr"],
  usebias: ["bias"],
  alpha: ["negativeSlope"],
  slope: ["negativeSlope"],
  outsize: ["outputSize"],
  size: ["outputSize"],
  inputsize: ["inSize"],
  outputsize: ["inSize"],
  unbiased: ["correction"],
  ddof: ["correction"],
  lower: ["min"],
  upper: ["max"],
};

/**
 * Refuses options that an operator does not have, so that a misspelt one is never silently ignored.
 *
 * @throws {TypeError} Naming the wrong word, and the right one where it is known.
 */
export function checkOptions(operator: string, options: object, known: readonly string[]): void {
  const isPlain = typeof options === "object" && options !== null && !(Symbol.iterator in options);
  if (!isPlain || isTensorLike(options)) {
    const value = ["number", "string", "boolean"].includes(typeof options) ? formatValue(options) : "…";
    const hint =
      known.includes("bias") && isPlain ? "Pass a bias as { bias: b }." : `Pass an object: { ${known[0]}: ${value} }.`;
    throw new TypeError(`${operator}: the last argument is the options, got ${formatValue(options)}. ${hint}`);
  }
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    const plain = (word: string) => word.replaceAll("_", "").toLowerCase();
    const same = known.filter((word) => plain(word) === plain(name));
    const right = [...same, ...(Object.hasOwn(RIGHT_WORDS, plain(name)) ? RIGHT_WORDS[plain(name)] : [])].find((word) =>
      known.includes(word),
    );
    const what = right === undefined ? `It takes ${known.join(", ")}.` : `Did you mean ${right}?`;
    throw new TypeError(`${operator}: unknown option ${name}. ${what}`);
  }
}

/**
 * An integer option that is at least `least`; −∞ is no bound.
 *
 * @throws {RangeError} When it is fractional, NaN, not a number, or too small.
 */
export function checkInteger(operator: string, name: string, value: number, least: number): number {
  if (!Number.isInteger(value) || value < least) {
    const kind =
      least === 1
        ? "a positive integer"
        : least === Number.NEGATIVE_INFINITY
          ? "an integer"
          : `an integer of at least ${least}`;
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
    throw new TypeError(`${operator}: ${name} must be one number or an array of ${rank}, got [${value.join(", ")}].`);
  }
  const values: readonly number[] = Array.isArray(value) ? value : new Array(rank).fill(value);
  return Array.from(values, (v) => checkInteger(operator, name, v, least)); // holes count
}

/**
 * The lengths of some axes, as an array: how many there are is what it tells.
 *
 * @param of Which axes, in words.
 * @param least How many there must be. Default: any number.
 * @throws {TypeError} When it is not an array, or too short.
 * @throws {RangeError} When an entry is not an integer of at least 0.
 */
export function checkLengths(
  operator: string,
  name: string,
  value: readonly number[],
  of: string,
  least = 0,
): readonly number[] {
  if (!Array.isArray(value) || value.length < least) {
    throw new TypeError(`${operator}: ${name} must be an array with the lengths of ${of}, got ${formatValue(value)}.`);
  }
  return perAxis(operator, name, value, value.length, 0);
}

/**
 * An option that is a number; NaN is none.
 *
 * @throws {TypeError} When it is not.
 */
export function checkNumber(operator: string, name: string, value: number): number {
  if (typeof value !== "number" || Number.isNaN(value)) {
    throw new TypeError(`${operator}: ${name} must be a number, got ${formatValue(value)}.`);
  }
  return value;
}

/**
 * An option that is true or false: other values that JavaScript would take for one are refused.
 *
 * @throws {TypeError} When it is neither.
 */
export function checkBoolean(operator: string, name: string, value: boolean): boolean {
  if (typeof value !== "boolean") {
    throw new TypeError(`${operator}: ${name} must be true or false, got ${formatValue(value)}.`);
  }
  return value;
}

/**
 * An option that is one of a few words.
 *
 * @throws {RangeError} When it is none of them.
 */
export function checkChoice<Word extends string>(
  operator: string,
  name: string,
  value: Word,
  choices: readonly Word[],
): Word {
  if (!choices.includes(value)) {
    throw new RangeError(
      `${operator}: ${name} must be one of ${choices.map(formatValue).join(", ")}, got ${formatValue(value)}.`,
    );
  }
  return value;
}

/** Whether a value has a shape and a dtype: tensors and Variables do. */
export function isTensorLike(x: unknown): boolean {
  return typeof x === "object" && x !== null && "shape" in x && "dtype" in x;
}

/**
 * An argument that is a tensor, or a Variable: something with a shape and a dtype.
 *
 * @throws {TypeError} When it is not.
 */
export function expectTensor(operator: string, name: string, x: unknown, expected = "a tensor"): void {
  if (!isTensorLike(x)) {
    throw new TypeError(
      `${operator}: ${name} must be ${expected}, got ${formatValue(x)}. Make a tensor with tensor(values, shape).`,
    );
  }
}

/**
 * Refuses arguments beyond those that an operator has: JavaScript would drop them without a word. Options that say
 * nothing, `{}` or undefined, do no harm.
 *
 * @throws {TypeError} Naming the first of them, or the first of its options.
 */
export function expectNoMore(operator: string, more: readonly unknown[]): void {
  for (const extra of more) {
    if (extra === undefined) continue;
    const isOptions = typeof extra === "object" && extra !== null && !isTensorLike(extra) && !Array.isArray(extra);
    const [name] = isOptions ? Object.keys(extra) : [];
    if (isOptions && name === undefined) continue;
    const what = isOptions ? `no options, got ${name}` : `no further argument, got ${formatValue(extra)}`;
    throw new TypeError(`${operator}: it takes ${what}. Leave it out.`);
  }
}

/** A value as errors print it: strings in quotes, arrays in brackets, the rest as JavaScript shows it. */
export function formatValue(value: unknown): string {
  if (typeof value === "string") return `"${value}"`;
  if (typeof value === "bigint") return `${value}n`;
  if (Array.isArray(value)) return `[${value.map(formatValue).join(", ")}]`;
  if (typeof value === "function") return "a function";
  if (ArrayBuffer.isView(value)) return `a ${value.constructor.name}`;
  if (isTensorLike(value)) return `a tensor [${(value as { readonly shape: readonly number[] }).shape.join(", ")}]`;
  return typeof value === "object" && value !== null ? "an object" : String(value);
}

/** A number of things in words: `1 channel`, `3 channels`. */
export function count(n: number, thing: string): string {
  return `${n} ${thing}${n === 1 ? "" : "s"}`;
}
