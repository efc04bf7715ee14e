/** A floating-point format of at most 16 bits: a sign, an exponent, and a fraction of `fractionBits`. */
export interface SmallFloat {
  /** The bit of the sign. */
  readonly sign: number;
  readonly fractionBits: number;
  /** What is added to the exponent. */
  readonly bias: number;
  /** The code of infinity, if the format has one. */
  readonly infinity?: number;
  readonly isNoNumber: (code: number) => boolean;
}

/** IEEE 754's binary16: numbers to 65504, 11 significant bits. */
export const F16 = {
  sign: 0x8000,
  fractionBits: 10,
  bias: 15,
  infinity: 0x7c00,
  isNoNumber: (code: number) => (code & 0x7fff) > 0x7c00,
} as const satisfies SmallFloat;

/** The upper half of a float32: its range, 8 significant bits. */
export const BF16 = {
  sign: 0x8000,
  fractionBits: 7,
  bias: 127,
  infinity: 0x7f80,
  isNoNumber: (code: number) => (code & 0x7fff) > 0x7f80,
} as const satisfies SmallFloat;

/** Micikevicius et al., "FP8 formats for deep learning" (arXiv:2209.05433): the upper half of an F16. */
export const F8_E5M2: SmallFloat = {
  sign: 0x80,
  fractionBits: 2,
  bias: 15,
  infinity: 0x7c,
  isNoNumber: (code) => (code & 0x7f) > 0x7c,
};

/** The same paper's format of finite numbers, to 448. */
export const F8_E4M3: SmallFloat = {
  sign: 0x80,
  fractionBits: 3,
  bias: 7,
  isNoNumber: (code) => (code & 0x7f) === 0x7f,
};

/** Noune et al., "8-bit numerical formats for deep neural networks" (arXiv:2206.02915): −0 is NaN, all else is finite. */
export const F8_E4M3FNUZ: SmallFloat = { sign: 0x80, fractionBits: 3, bias: 8, isNoNumber: (code) => code === 0x80 };

/** The same paper's format of the wider range. */
export const F8_E5M2FNUZ: SmallFloat = { sign: 0x80, fractionBits: 2, bias: 16, isNoNumber: (code) => code === 0x80 };

/**
 * The numbers of these codes, exactly: bits moved to where float32 has them are the number times 2^(bias − 127), numbers
 * below the smallest exponent too.
 */
export function decodeFloats(codes: Uint8Array | Uint16Array, format: SmallFloat): Float32Array {
  const { sign, fractionBits, bias, infinity, isNoNumber } = format;
  const values = new Float32Array(codes.length);
  const bits = new Uint32Array(values.buffer);
  const [shift, scale] = [23 - fractionBits, 2 ** (127 - bias)];
  for (let i = 0; i < codes.length; i++) {
    const magnitude = codes[i] & (sign - 1);
    bits[i] = magnitude << shift;
    if (isNoNumber(codes[i])) values[i] = Number.NaN;
    else if (magnitude === infinity) values[i] = Number.POSITIVE_INFINITY;
    else values[i] *= scale;
    if (codes[i] !== magnitude) values[i] = -values[i];
  }
  return values;
}

/** Powers of two from the format F8_E8M0 of the OCP's "Microscaling formats", which has neither sign nor fraction. */
export function decodePowers(codes: Uint8Array): Float32Array {
  return Float32Array.from(codes, (code) => (code === 255 ? Number.NaN : 2 ** (code - 127)));
}

/** v + this − this is v rounded to the nearest integer, ties to the even one, for 0 ≤ v < 2⁵². */
const ROUND = 2 ** 52;

/**
 * Writes the codes of the numbers nearest to these, of two equally near the even one. What rounds beyond the largest
 * becomes infinite; NaN stays NaN.
 */
export function encodeFloats(values: ArrayLike<number>, format: typeof F16 | typeof BF16, codes: Uint16Array): void {
  const { sign, fractionBits, bias, infinity } = format;
  const wide = new Float64Array(1);
  const words = new Uint32Array(wide.buffer);
  for (let i = 0; i < codes.length; i++) {
    const magnitude = Math.abs(values[i]);
    wide[0] = magnitude;
    const exponent = Math.max((words[1] >>> 20) - 1023, 1 - bias);
    words[0] = 0;
    words[1] = (1023 + fractionBits - exponent) << 20; // now wide is 2^(fractionBits − exponent)
    const steps = magnitude * wide[0] + ROUND - ROUND;
    // Rounded up to the next power of two, the carry moves into the exponent, as it should.
    const code = Math.min((exponent + bias - 1) * (1 << fractionBits) + steps, infinity);
    const isNegative = values[i] < 0 || Object.is(values[i], -0);
    codes[i] = Number.isNaN(magnitude) ? infinity | (1 << (fractionBits - 1)) : code | (isNegative ? sign : 0);
  }
}
