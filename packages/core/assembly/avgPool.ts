import { address, int, part } from "./args";
import { addRow, fillRow, long, roundRow, word } from "./rows";

// The words of both: x, y, tables, rows of windows or planes, chunks, lengths of the image (3), of the result (3).
// tables: for each window along each axis its first pixel, the one behind its last, and a factor of its divisor.

/** What the windows of a row are divided by, but for their own factor. */
// @ts-ignore: decorator
@inline
function divisorOf(tables: usize, outD: i32, od: i32, oh: i32): f64 {
  return <f64>int(tables, 3 * od + 2) * <f64>int(tables, 3 * (outD + oh) + 2);
}

/** The means of a row's windows: first the sum of every column that the row sees, then those of every window. */
export function avgPool(args: usize, from: i32, to: i32, scratch: usize): void {
  const x = address(args, 0), y = address(args, 1), tables = address(args, 2), rows = int(args, 3), chunks = int(args, 4);
  const inD = int(args, 5), inH = int(args, 6), inW = int(args, 7), outD = int(args, 8), outH = int(args, 9), outW = int(args, 10);
  const tableW = word(tables, 3 * (outD + outH));
  const end = part(rows, 1, to, chunks);
  for (let row = part(rows, 1, from, chunks); row < end; row++) {
    const oh = row % outH, od = row / outH % outD, plane = row / outH / outD, ah = 3 * (outD + oh);
    fillRow(scratch, 0, 2 * inW);
    for (let d = int(tables, 3 * od); d < int(tables, 3 * od + 1); d++) {
      for (let h = int(tables, ah); h < int(tables, ah + 1); h++) {
        addRow(scratch, word(x, ((plane * inD + d) * inH + h) * inW), inW);
      }
    }
    const divisor = divisorOf(tables, outD, od, oh), out = word(y, row * outW);
    for (let ow = 0; ow < outW; ow++) {
      const past = int(tableW, 3 * ow + 1);
      let sum: f64 = 0;
      for (let w = int(tableW, 3 * ow); w < past; w++) sum += load<f64>(long(scratch, w));
      store<f32>(word(out, ow), <f32>(sum / (divisor * <f64>int(tableW, 3 * ow + 2))));
    }
  }
}

/** Its adjoint: what a row of windows gives to every column, added to all rows of pixels that it sees. */
export function avgPoolAdjoint(args: usize, from: i32, to: i32, scratch: usize): void {
  const gradY = address(args, 0), gradX = address(args, 1), tables = address(args, 2), planes = int(args, 3), chunks = int(args, 4);
  const inD = int(args, 5), inH = int(args, 6), inW = int(args, 7), outD = int(args, 8), outH = int(args, 9), outW = int(args, 10);
  const tableW = word(tables, 3 * (outD + outH)), pixels = inD * inH * inW, sums = long(scratch, inW);
  const end = part(planes, 1, to, chunks);
  for (let plane = part(planes, 1, from, chunks); plane < end; plane++) {
    memory.fill(sums, 0, <usize>pixels << 3);
    let g = word(gradY, plane * outD * outH * outW);
    for (let od = 0; od < outD; od++) {
      for (let oh = 0; oh < outH; oh++) {
        fillRow(scratch, 0, 2 * inW);
        const divisor = divisorOf(tables, outD, od, oh);
        for (let ow = 0; ow < outW; ow++) {
          const value = <f64>load<f32>(word(g, ow)) / (divisor * <f64>int(tableW, 3 * ow + 2)), past = int(tableW, 3 * ow + 1);
          for (let w = int(tableW, 3 * ow); w < past; w++) {
            const at = long(scratch, w);
            store<f64>(at, load<f64>(at) + value);
          }
        }
        g += outW << 2;
        const ah = 3 * (outD + oh);
        for (let d = int(tables, 3 * od); d < int(tables, 3 * od + 1); d++) {
          for (let h = int(tables, ah); h < int(tables, ah + 1); h++) {
            const to = long(sums, (d * inH + h) * inW);
            let w = 0;
            for (; w + 2 <= inW; w += 2) {
              v128.store(long(to, w), f64x2.add(v128.load(long(to, w)), v128.load(long(scratch, w))));
            }
            if (w < inW) store<f64>(long(to, w), load<f64>(long(to, w)) + load<f64>(long(scratch, w)));
          }
        }
      }
    }
    roundRow(word(gradX, plane * pixels), sums, pixels);
  }
}
