import { address, int, part } from "./args";

/*
 * Images with the zeros around them that a window sees. Where neighbours of a window's tap are not neighbours in the image,
 * as with a stride or a dilation, every row is laid out as `step` rows of each step-th pixel, so that they become so.
 */

/** Sets `count` floats to 0. */
export function clear(to: usize, count: i32): void {
  const end = to + (<usize>count << 2);
  for (; to + 16 <= end; to += 16) v128.store(to, f32x4.splat(0));
  for (; to < end; to += 4) store<f32>(to, 0);
}

/** Copies every `step`-th of the floats at `from`, `count` in all. */
function copyEvery(to: usize, from: usize, count: i32, step: i32): void {
  const end = to + (<usize>count << 2);
  if (step == 1) {
    for (; to + 16 <= end; to += 16, from += 16) v128.store(to, v128.load(from));
  } else if (step == 2) {
    // eight floats are read, of which seven are needed: one more than the four to come must be there
    for (; to + 20 <= end; to += 16, from += 32) {
      v128.store(to, v128.shuffle<f32>(v128.load(from), v128.load(from, 16), 0, 2, 4, 6));
    }
  }
  for (; to < end; to += 4, from += <usize>step << 2) store<f32>(to, load<f32>(from));
}

/**
 * Lays out a plane, where `isClear` says that its zeros are there already. frame: words: lengths of the plane along 3 axes;
 * zeros before it along them (negative: that much of it is left out); lines of the layout along the first two; pixels of
 * each of its rows along the last; the step.
 */
export function layOut(to: usize, x: usize, frame: usize, isClear: bool): void {
  const inD = int(frame, 0), inH = int(frame, 1), inW = int(frame, 2);
  const beforeD = int(frame, 3), beforeH = int(frame, 4), beforeW = int(frame, 5);
  const outD = int(frame, 6), outH = int(frame, 7), width = int(frame, 8), step = int(frame, 9);
  for (let d = -beforeD; d < outD - beforeD; d++) {
    for (let h = -beforeH; h < outH - beforeH; h++) {
      if (d < 0 || d >= inD || h < 0 || h >= inH) {
        if (!isClear) clear(to, width * step);
        to += <usize>(width * step) << 2;
        continue;
      }
      const row = x + (<usize>((d * inH + h) * inW) << 2);
      for (let phase = 0; phase < step; phase++, to += <usize>width << 2) {
        // pixel i of this row is pixel phase + i · step − before of the image
        const left = min(max(0, (beforeW - phase + step - 1) / step), width), from = phase + left * step - beforeW;
        const count = max(min(width - left, (inW - from + step - 1) / step), 0);
        if (!isClear) {
          clear(to, left);
          clear(to + (<usize>(left + count) << 2), width - left - count);
        }
        copyEvery(to + (<usize>left << 2), row + (<usize>from << 2), count, step);
      }
    }
  }
}

/** Lays out planes one behind the other. args: x, y, planes, chunks, and the words of the frame. */
export function layOutAll(args: usize, from: i32, to: i32, scratch: usize): void {
  const planes = int(args, 2), chunks = int(args, 3);
  const inPixels = <usize>(int(args, 4) * int(args, 5) * int(args, 6)) << 2;
  const outPixels = <usize>(int(args, 10) * int(args, 11) * int(args, 12) * int(args, 13)) << 2;
  const end = part(planes, 1, to, chunks);
  for (let plane = part(planes, 1, from, chunks); plane < end; plane++) {
    layOut(address(args, 1) + <usize>plane * outPixels, address(args, 0) + <usize>plane * inPixels, args + 16, false);
  }
}
