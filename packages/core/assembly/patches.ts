import { address, int, part } from "./args";
import { addRow, copyRow, fillRow, long, roundRow, sumRow, word } from "./rows";

// Padding and im2col are one map: y[k, l] is the pixel that tap k of window l sees, or a fill value; padding has one tap.
// The words of both directions: image, patches, tables, units, chunks, taps, taps of the two last axes, windows (3), lengths of the image's
// last two axes, pixels of an image, the fill value as a word, whether it is the image's mean.
// tables: for each axis, for each tap and each window, a pixel or −1; then for each tap along a row between which windows pixels stand side by side.

/** A unit is what one tap sees in one plane. */
export function patches(args: usize, from: i32, to: i32, scratch: usize): void {
  const x = address(args, 0), y = address(args, 1), tables = address(args, 2), units = int(args, 3), chunks = int(args, 4);
  const taps = int(args, 5), tapsH = int(args, 6), tapsW = int(args, 7), outD = int(args, 8), outH = int(args, 9), outW = int(args, 10);
  const inH = int(args, 11), inW = int(args, 12), pixels = int(args, 13), isMean = int(args, 15);
  const tapsD = taps / (tapsH * tapsW);
  const tableH = word(tables, tapsD * outD), tableW = word(tableH, tapsH * outH), runs = word(tableW, tapsW * outW);
  let fill = int(args, 14);
  const end = part(units, 1, to, chunks);
  for (let unit = part(units, 1, from, chunks); unit < end; unit++) {
    const k = unit % taps, kw = k % tapsW, kh = k / tapsW % tapsH, kd = k / tapsW / tapsH;
    const image = word(x, unit / taps * pixels);
    if (isMean) fill = reinterpret<i32>(<f32>(sumRow(image, pixels) / <f64>pixels));
    const row = word(tableW, kw * outW), first = int(runs, 2 * kw), past = int(runs, 2 * kw + 1);
    let out = word(y, unit * outD * outH * outW);
    for (let od = 0; od < outD; od++) {
      const d = int(tables, kd * outD + od);
      for (let oh = 0; oh < outH; oh++) {
        const h = int(tableH, kh * outH + oh);
        if ((d | h) < 0) fillRow(out, fill, outW);
        else {
          const at = word(image, (d * inH + h) * inW);
          for (let ow = 0; ow < outW; ow++) {
            if (ow == first && past > first) {
              copyRow(word(out, ow), word(at, int(row, ow)), past - first);
              ow = past - 1;
              continue;
            }
            const w = int(row, ow);
            store<i32>(word(out, ow), w < 0 ? fill : load<i32>(word(at, w)));
          }
        }
        out += outW << 2;
      }
    }
  }
}

/** Its adjoint: gradX = Σ gradY where a pixel was seen, in float64; what reached the mean goes evenly to all pixels. A unit is a plane. */
export function patchesAdjoint(args: usize, from: i32, to: i32, scratch: usize): void {
  const gradX = address(args, 0), gradY = address(args, 1), tables = address(args, 2), units = int(args, 3), chunks = int(args, 4);
  const taps = int(args, 5), tapsH = int(args, 6), tapsW = int(args, 7), outD = int(args, 8), outH = int(args, 9), outW = int(args, 10);
  const inH = int(args, 11), inW = int(args, 12), pixels = int(args, 13), isMean = int(args, 15);
  const tapsD = taps / (tapsH * tapsW);
  const tableH = word(tables, tapsD * outD), tableW = word(tableH, tapsH * outH), runs = word(tableW, tapsW * outW);
  const end = part(units, 1, to, chunks);
  for (let unit = part(units, 1, from, chunks); unit < end; unit++) {
    memory.fill(scratch, 0, <usize>pixels << 3);
    let border: f64 = 0;
    let g = word(gradY, unit * taps * outD * outH * outW);
    for (let k = 0; k < taps; k++) {
      const kw = k % tapsW, kh = k / tapsW % tapsH, kd = k / tapsW / tapsH;
      const row = word(tableW, kw * outW), first = int(runs, 2 * kw), past = int(runs, 2 * kw + 1);
      for (let od = 0; od < outD; od++) {
        const d = int(tables, kd * outD + od);
        for (let oh = 0; oh < outH; oh++) {
          const h = int(tableH, kh * outH + oh);
          if ((d | h) < 0) {
            if (isMean) border += sumRow(g, outW);
          } else {
            const sums = long(scratch, (d * inH + h) * inW);
            for (let ow = 0; ow < outW; ow++) {
              if (ow == first && past > first) {
                addRow(long(sums, int(row, ow)), word(g, ow), past - first);
                ow = past - 1;
                continue;
              }
              const w = int(row, ow), value = <f64>load<f32>(word(g, ow));
              if (w < 0) border += value;
              else store<f64>(long(sums, w), load<f64>(long(sums, w)) + value);
            }
          }
          g += outW << 2;
        }
      }
    }
    if (isMean) {
      border /= <f64>pixels;
      for (let i = 0; i < pixels; i++) store<f64>(long(scratch, i), load<f64>(long(scratch, i)) + border);
    }
    roundRow(word(gradX, unit * pixels), scratch, pixels);
  }
}
