import { address, int, part } from "./args";

/** Sets `count` floats to 0. */
function clear(to: usize, count: i32): void {
  const end = to + (<usize>count << 2);
  for (; to + 16 <= end; to += 16) v128.store(to, f32x4.splat(0));
  for (; to < end; to += 4) store<f32>(to, 0);
}

/** Copies `count` floats. */
function copy(to: usize, from: usize, count: i32): void {
  const end = to + (<usize>count << 2);
  for (; to + 16 <= end; to += 16, from += 16) v128.store(to, v128.load(from));
  for (; to < end; to += 4, from += 4) store<f32>(to, load<f32>(from));
}

/**
 * Planes with zeros around them, or, where `before` is negative or the result ends early, without their edges.
 * args: x, y, planes, chunks, the lengths of x along 3 axes, `before` along them, the lengths of y.
 */
export function padZeros(args: usize, from: i32, to: i32, scratch: usize): void {
  const planes = int(args, 2), chunks = int(args, 3);
  const inD = int(args, 4), inH = int(args, 5), inW = int(args, 6);
  const beforeD = int(args, 7), beforeH = int(args, 8), beforeW = int(args, 9);
  const outD = int(args, 10), outH = int(args, 11), outW = int(args, 12);
  const left = min(max(beforeW, 0), outW), first = max(-beforeW, 0);
  const middle = max(min(outW - left, inW - first), 0), right = outW - left - middle;
  const start = part(planes, 1, from, chunks), end = part(planes, 1, to, chunks);
  let y = address(args, 1) + ((<usize>start * outD * outH * outW) << 2);
  for (let plane = start; plane < end; plane++) {
    const x = address(args, 0) + ((<usize>plane * inD * inH * inW) << 2);
    for (let d = -beforeD; d < outD - beforeD; d++) {
      for (let h = -beforeH; h < outH - beforeH; h++, y += <usize>outW << 2) {
        if (d < 0 || d >= inD || h < 0 || h >= inH || middle == 0) {
          clear(y, outW);
          continue;
        }
        clear(y, left);
        copy(y + (<usize>left << 2), x + ((<usize>(d * inH + h) * inW + first) << 2), middle);
        clear(y + (<usize>(left + middle) << 2), right);
      }
    }
  }
}
