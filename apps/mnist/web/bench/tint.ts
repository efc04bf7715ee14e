import { type ColorMap, inkMap, type Rgb, signedMap } from "../ui/colors.js";

/** How a cell looks: its colour, and that of its number. */
export type Tint = {
  readonly background: string;
  readonly color: string;
};

const SOFT: Record<"light" | "dark", Rgb> = { light: [241, 239, 232], dark: [33, 35, 41] };
const FAINT: Record<"light" | "dark", string> = { light: "#5d5b63", dark: "#a3a09a" };
const css = ([red, green, blue]: Rgb) => `rgb(${Math.round(red)} ${Math.round(green)} ${Math.round(blue)})`;

/** The relative luminance of WCAG 2. */
function luminance(color: Rgb): number {
  const [red, green, blue] = color.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Black or white, whichever is read better: at least 4.5 : 1 on every colour. */
const readable = (color: Rgb) => (luminance(color) > 0.179 ? "#000" : "#fff");

/** The colours of cells whose largest number is `largest`. Cells of a border are paler. */
export function tinting(largest: number, isSigned: boolean, isDark: boolean) {
  const tone = isDark ? "dark" : "light";
  const map: ColorMap = isSigned ? signedMap(largest, isDark) : inkMap(largest, isDark);
  return (value: number, isBorder = false): Tint => {
    const full = map(Number.isFinite(value) ? value : 0);
    const color: Rgb = isBorder
      ? ([0, 1, 2].map((i) => 0.45 * full[i] + 0.55 * SOFT[tone][i]) as unknown as Rgb)
      : full;
    const isPaper = value === 0 || !Number.isFinite(value);
    return { background: css(color), color: isPaper ? FAINT[tone] : readable(color) };
  };
}

/** The largest absolute value of those that are finite. */
export function largestFinite(values: Float64Array): number {
  return values.reduce((most, value) => (Number.isFinite(value) ? Math.max(most, Math.abs(value)) : most), 0);
}
