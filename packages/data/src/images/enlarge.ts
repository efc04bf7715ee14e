import { cast, interpolate, pad, tensor } from "@conv/core";
import { tidy } from "@conv/core/operators";

/** Length of the images that are enlarged, and of MNIST's; between them the box that the digit fills. In pixels. */
const [SMALL, BOX, LARGE] = [8, 20, 28];
const BORDER = (LARGE - BOX) / 2;

/** How many images are enlarged together. */
const AT_ONCE = 1024;

/**
 * 8×8 images enlarged to 28×28 so that they look like MNIST, where a digit fills a box of 20×20 in the middle:
 * `interpolate` to 20×20, "bilinear", and around it a border of four zeros.
 *
 * @param x [N, 8, 8].
 * @returns [N, 28, 28], in the unit of x.
 */
export function enlarge(x: ArrayLike<number>): Float32Array {
  const small = Float64Array.from(x); // rounded to float32 only at the end
  const count = small.length / SMALL ** 2;
  const y = new Float32Array(count * LARGE ** 2);
  for (let n = 0; n < count; n += AT_ONCE) {
    const large = enlargeSome(small.subarray(n * SMALL ** 2, (n + AT_ONCE) * SMALL ** 2));
    y.set(large, n * LARGE ** 2);
  }
  return y;
}

function enlargeSome(values: Float64Array): ArrayLike<number> {
  const border = [BORDER, BORDER] as const;
  const x = tensor(values, [values.length / SMALL ** 2, 1, SMALL, SMALL]);
  const y = tidy(() => cast(pad(interpolate(x, { size: BOX, mode: "bilinear" }), [border, border]), "float32"));
  const large = y.dataSync();
  x.dispose();
  y.dispose();
  return large;
}
