import { address, int, part } from "./args";

/** y = max(x, 0), NaN kept. args: x, y, length, chunks. */
export function unary(args: usize, from: i32, to: i32, scratch: usize): void {
  const x = address(args, 0), y = address(args, 1), n = int(args, 2), chunks = int(args, 3);
  const start = part(n, 4, from, chunks), end = part(n, 4, to, chunks);
  let i = start;
  for (; i + 4 <= end; i += 4) {
    v128.store(y + (<usize>i << 2), f32x4.max(v128.load(x + (<usize>i << 2)), f32x4.splat(0)));
  }
  for (; i < end; i++) store<f32>(y + (<usize>i << 2), max<f32>(load<f32>(x + (<usize>i << 2)), 0));
}
