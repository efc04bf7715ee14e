/** A colour: red, green, blue, 0 to 255. */
export type Rgb = readonly [number, number, number];

/** From a number to a colour. */
export type ColorMap = (value: number) => Rgb;

const mix = (from: Rgb, to: Rgb, share: number): Rgb => {
  const t = Math.min(1, Math.max(0, share));
  return [from[0] + (to[0] - from[0]) * t, from[1] + (to[1] - from[1]) * t, from[2] + (to[2] - from[2]) * t];
};

const PAPER: Record<"light" | "dark", Rgb> = { light: [255, 255, 255], dark: [26, 28, 33] };
const INK: Record<"light" | "dark", Rgb> = { light: [29, 29, 35], dark: [235, 232, 225] };
const PLUS: Record<"light" | "dark", Rgb> = { light: [217, 90, 30], dark: [255, 157, 102] };
const MINUS: Record<"light" | "dark", Rgb> = { light: [36, 84, 198], dark: [130, 170, 255] };

/** 0 is paper, `largest` is ink. */
export function inkMap(largest: number, isDark: boolean): ColorMap {
  const tone = isDark ? "dark" : "light";
  return (value) => mix(PAPER[tone], INK[tone], largest > 0 ? value / largest : 0);
}

/** 0 is paper; `largest` is orange, −`largest` is blue. */
export function signedMap(largest: number, isDark: boolean): ColorMap {
  const tone = isDark ? "dark" : "light";
  return (value) => mix(PAPER[tone], value < 0 ? MINUS[tone] : PLUS[tone], largest > 0 ? Math.abs(value) / largest : 0);
}

/** The largest absolute value. */
export function largestOf(values: ArrayLike<number>): number {
  let largest = 0;
  for (let i = 0; i < values.length; i++) largest = Math.max(largest, Math.abs(values[i]));
  return largest;
}
