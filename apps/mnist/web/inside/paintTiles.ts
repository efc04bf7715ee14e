import { inkMap, signedMap } from "../ui/colors.js";
import { cornerOf, type Tiles } from "./tiles.js";

/** Colours for numbers from −1 to 1 in steps of 1/127, as a canvas keeps them: a look-up is cheaper than mixing. */
export type Palette = Uint32Array;

const HALF = 127;
const palettes = new Map<string, Palette>();

/** From blue over paper to orange for numbers of both signs, or from paper to ink. */
export function paletteOf(isSigned: boolean, isDark: boolean): Palette {
  const key = `${isSigned} ${isDark}`;
  const known = palettes.get(key);
  if (known !== undefined) return known;
  const map = isSigned ? signedMap(HALF, isDark) : inkMap(HALF, isDark);
  const palette = Uint32Array.from({ length: 2 * HALF + 1 }, (_, i) => {
    const [red, green, blue] = map(i - HALF).map(Math.round);
    return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0; // the bytes of a canvas, red first
  });
  palettes.set(key, palette);
  return palette;
}

/** What a map shows, and how. */
export interface MapPicture {
  /** Numbers of the whole tensor, from which it takes its own. */
  readonly values: ArrayLike<number>;
  /** The number that has the full colour. */
  readonly largest: number;
  readonly palette: Palette;
}

/** Paints the maps of a tensor side by side; what lies between stays clear. */
export function paintTiles(pixels: Uint32Array, layout: Tiles, pictureOf: (map: number) => MapPicture): void {
  const { count, width, height, size, canvasWidth } = layout;
  pixels.fill(0);
  for (let map = 0; map < count; map++) {
    const { values, largest, palette } = pictureOf(map);
    const factor = largest > 0 ? HALF / largest : 0;
    const [left, top] = cornerOf(layout, map);
    for (let row = 0; row < height; row++) {
      let unit = (map * height + row) * width;
      let at = (top + row) * canvasWidth + left;
      const end = Math.min(unit + width, size);
      while (unit < end) {
        const level = Math.round(values[unit++] * factor);
        pixels[at++] = palette[HALF + Math.max(-HALF, Math.min(HALF, level))];
      }
    }
  }
}

/** Paints them on a canvas. */
export function paintOn(canvas: HTMLCanvasElement, layout: Tiles, pictureOf: (map: number) => MapPicture): void {
  const context = canvas.getContext("2d");
  if (context === null) return;
  const image = context.createImageData(layout.canvasWidth, layout.canvasHeight);
  paintTiles(new Uint32Array(image.data.buffer), layout, pictureOf);
  context.putImageData(image, 0, 0);
}
