import { address, int, part } from "./args";
import { long, roundRow, word } from "./rows";

/** y[o, k, i] = x[o, indices[o, k, i], i], of words of any type. args: x, y, indices, outer, length, count, inner, chunks of rows [o, k]. */
export function gather(args: usize, from: i32, to: i32, scratch: usize): void {
  const x = address(args, 0), y = address(args, 1), indices = address(args, 2), rows = int(args, 3) * int(args, 5);
  const length = int(args, 4), count = int(args, 5), inner = int(args, 6), chunks = int(args, 7);
  const end = part(rows, 1, to, chunks);
  let row = part(rows, 1, from, chunks);
  while (row < end) {
    const o = row / count, past = min((o + 1) * count, end);
    const image = word(x, o * length * inner);
    if (inner == 1) {
      for (; row < past; row++) store<i32>(word(y, row), load<i32>(word(image, int(indices, row))));
      continue;
    }
    for (; row < past; row++) {
      for (let i = 0; i < inner; i++) {
        const at = row * inner + i;
        store<i32>(word(y, at), load<i32>(word(image, int(indices, at) * inner + i)));
      }
    }
  }
}

/**
 * gradX[o, j, i] = Σ gradY[o, k, i] over k with indices[o, k, i] = j, in float64. A unit is a block of columns i of one o.
 * args: gradY, gradX, indices, outer, length, count, inner, chunks of units, columns of a block.
 */
export function gatherAdjoint(args: usize, from: i32, to: i32, scratch: usize): void {
  const gradY = address(args, 0), gradX = address(args, 1), indices = address(args, 2);
  const length = int(args, 4), count = int(args, 5), inner = int(args, 6), chunks = int(args, 7), block = int(args, 8);
  const blocks = (inner + block - 1) / block, units = int(args, 3) * blocks;
  const end = part(units, 1, to, chunks);
  for (let unit = part(units, 1, from, chunks); unit < end; unit++) {
    const o = unit / blocks, first = unit % blocks * block, n = min(block, inner - first);
    memory.fill(scratch, 0, <usize>(length * n) << 3);
    for (let k = 0; k < count; k++) {
      const row = (o * count + k) * inner + first;
      for (let i = 0; i < n; i++) {
        const sum = long(scratch, int(indices, row + i) * n + i);
        store<f64>(sum, load<f64>(sum) + <f64>load<f32>(word(gradY, row + i)));
      }
    }
    if (n == inner) roundRow(word(gradX, o * length * inner), scratch, length * inner);
    else for (let j = 0; j < length; j++) roundRow(word(gradX, (o * length + j) * inner + first), long(scratch, j * n), n);
  }
}
