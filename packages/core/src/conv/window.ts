/**
 * A window that slides over an image: what convolution, im2col and pooling have in common. Arrays hold one entry per
 * spatial axis, outermost first; lengths in pixels.
 */
export interface WindowGeometry {
  readonly inSize: readonly number[];
  readonly kernelSize: readonly number[];
  readonly outSize: readonly number[];
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
  /** Pixels added [before, after] the image along each axis. */
  readonly padding: readonly (readonly [number, number])[];
}

/** Stands in a window table where a tap falls on padding. */
export const OUTSIDE = -1;

/**
 * Which pixel each tap of each window sees: entry [k, l] is the flat position, in the un-padded image, of tap k of
 * window l, or OUTSIDE. Along each axis, tap p of window i sees pixel i·stride + p·dilation − before.
 *
 * One table serves every rank: [K, L] with K = Π kernelSize taps and L = Π outSize windows, both row-major.
 */
export function windowTable(geometry: WindowGeometry): Int32Array {
  let table = Int32Array.of(0);
  let [taps, windows] = [1, 1];
  for (let axis = 0; axis < geometry.inSize.length; axis++) {
    const [inSize, kernelSize, outSize] = [geometry.inSize[axis], geometry.kernelSize[axis], geometry.outSize[axis]];
    const finer = new Int32Array(taps * kernelSize * windows * outSize);
    let at = 0;
    for (let k = 0; k < taps; k++)
      for (let p = 0; p < kernelSize; p++)
        for (let l = 0; l < windows; l++)
          for (let i = 0; i < outSize; i++) {
            const outer = table[k * windows + l];
            const pixel = i * geometry.stride[axis] + p * geometry.dilation[axis] - geometry.padding[axis][0];
            finer[at++] = outer === OUTSIDE || pixel < 0 || pixel >= inSize ? OUTSIDE : outer * inSize + pixel;
          }
    table = finer;
    taps *= kernelSize;
    windows *= outSize;
  }
  return table;
}
