/** Length of the images that are enlarged, and of MNIST's; between them the box that the digit fills. In pixels. */
const [SMALL, BOX, LARGE] = [8, 20, 28];
const BORDER = (LARGE - BOX) / 2;

/**
 * 8×8 images enlarged to 28×28 so that they look like MNIST, where a digit fills a box of 20×20 in the middle:
 * bilinear to 20×20, and around it a border of four zeros.
 *
 * Pixel i of the box takes its value at s = (i + ½) · 8/20 − ½ of the small image, clamped to it: centres of pixels at
 * half integers, as `torch.nn.functional.interpolate` with `align_corners=False`.
 *
 *     y[4 + i, 4 + j] = Σ row[i, h] · row[j, w] · x[h, w]     row[i, ⌊s⌋] = 1 − (s − ⌊s⌋), row[i, ⌊s⌋ + 1] = s − ⌊s⌋
 *
 * @param x [N, 8, 8].
 * @returns [N, 28, 28], in the unit of x.
 */
export function enlarge(x: ArrayLike<number>): Float32Array {
  const count = x.length / SMALL ** 2;
  const y = new Float32Array(count * LARGE ** 2);
  for (let n = 0; n < count; n++) {
    for (let i = 0; i < BOX; i++) {
      for (let j = 0; j < BOX; j++) {
        const [above, below, down] = TAPS[i];
        const [left, right, across] = TAPS[j];
        const at = (h: number, w: number) => x[(n * SMALL + h) * SMALL + w];
        const top = (1 - across) * at(above, left) + across * at(above, right);
        const bottom = (1 - across) * at(below, left) + across * at(below, right);
        y[(n * LARGE + BORDER + i) * LARGE + BORDER + j] = (1 - down) * top + down * bottom;
      }
    }
  }
  return y;
}

/** For each pixel of the box: the two small pixels it lies between, and how far it is from the first. */
const TAPS = /* @__PURE__ */ Array.from({ length: BOX }, (_, i): [number, number, number] => {
  const s = Math.max(0, ((i + 0.5) * SMALL) / BOX - 0.5);
  return [Math.floor(s), Math.min(Math.floor(s) + 1, SMALL - 1), s - Math.floor(s)];
});
