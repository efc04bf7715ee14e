import { address, int, part } from "./args";
import { addRow, copyRow, fillRow, long, roundRow, sumRow, word } from "./rows";

/** What windows `from` to `to` of a row see: y[i] = x[seen[i]], or the fill value beyond the image. */
function copyEach(y: usize, x: usize, seen: usize, from: i32, to: i32, fill: i32): void {
  for (let i = from; i < to; i++) {
    const w = int(seen, i);
    store<i32>(word(y, i), w < 0 ? fill : load<i32>(word(x, w)));
  }
}

/** The other way, in float64. Returns the sum of what was seen beyond the image. */
function addEach(g: usize, sums: usize, seen: usize, from: i32, to: i32): f64 {
  let border: f64 = 0;
  for (let i = from; i < to; i++) {
    const w = int(seen, i), value = <f64>load<f32>(word(g, i));
    if (w < 0) border += value;
    else store<f64>(long(sums, w), load<f64>(long(sums, w)) + value);
  }
  return border;
}

/**
 * Padding and im2col are one map: y[k, l] is the pixel that tap k of window l sees, or a fill value; padding has one tap. A
 * unit is what one tap sees in one plane. The adjoint adds up, in float64, where pixels were seen, and what reached the
 * image's mean goes evenly to all its pixels; there a unit is a plane.
 *
 * args: image, patches, tables, units, chunks, taps, taps of the two last axes, windows (3), lengths of the image's last two axes,
 * pixels of an image, the fill value as a word, whether it is the image's mean, whether this is the adjoint.
 * tables: for each axis, for each tap and each window, a pixel or −1; then for each tap along a row between which windows pixels
 * stand side by side.
 */
export function patches(args: usize, from: i32, to: i32, scratch: usize): void {
  const tables = address(args, 2), units = int(args, 3), chunks = int(args, 4);
  const taps = int(args, 5), tapsH = int(args, 6), tapsW = int(args, 7), outD = int(args, 8), outH = int(args, 9), outW = int(args, 10);
  const inH = int(args, 11), inW = int(args, 12), pixels = int(args, 13), isMean = int(args, 15), isAdjoint = int(args, 16);
  const tableH = word(tables, taps / (tapsH * tapsW) * outD), tableW = word(tableH, tapsH * outH), runs = word(tableW, tapsW * outW);
  let fill = int(args, 14);
  const end = part(units, 1, to, chunks);
  for (let unit = part(units, 1, from, chunks); unit < end; unit++) {
    const first = isAdjoint ? 0 : unit % taps, past = isAdjoint ? taps : first + 1;
    const image = word(address(args, 0), (isAdjoint ? unit : unit / taps) * pixels);
    let patch = word(address(args, 1), unit * (past - first) * outD * outH * outW);
    let border: f64 = 0;
    if (isAdjoint) memory.fill(scratch, 0, <usize>pixels << 3);
    else if (isMean) fill = reinterpret<i32>(<f32>(sumRow(image, pixels) / <f64>pixels));
    for (let k = first; k < past; k++) {
      const kw = k % tapsW, kh = k / tapsW % tapsH, kd = k / tapsW / tapsH;
      const seen = word(tableW, kw * outW), start = int(runs, 2 * kw), stop = int(runs, 2 * kw + 1);
      for (let od = 0; od < outD; od++) {
        const d = int(tables, kd * outD + od);
        for (let oh = 0; oh < outH; oh++) {
          const h = int(tableH, kh * outH + oh), row = (d * inH + h) * inW, side = int(seen, start);
          if (isAdjoint) {
            if ((d | h) >= 0) {
              const sums = long(scratch, row);
              border += addEach(patch, sums, seen, 0, start);
              addRow(long(sums, side), word(patch, start), stop - start);
              border += addEach(patch, sums, seen, stop, outW);
            } else if (isMean) border += sumRow(patch, outW);
          } else if ((d | h) >= 0) {
            const at = word(image, row);
            copyEach(patch, at, seen, 0, start, fill);
            copyRow(word(patch, start), word(at, side), stop - start);
            copyEach(patch, at, seen, stop, outW, fill);
          } else fillRow(patch, fill, outW);
          patch += outW << 2;
        }
      }
    }
    if (!isAdjoint) continue;
    if (isMean) {
      border /= <f64>pixels;
      for (let i = 0; i < pixels; i++) store<f64>(long(scratch, i), load<f64>(long(scratch, i)) + border);
    }
    roundRow(image, scratch, pixels);
  }
}
