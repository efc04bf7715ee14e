import { address, float, int, madd, part } from "./args";

/** y = α·a + β·b. args: a, b, y, length, chunks; α, β. */
export function blend(args: usize, from: i32, to: i32, scratch: usize): void {
  const a = address(args, 0), b = address(args, 1), y = address(args, 2), n = int(args, 3), chunks = int(args, 4);
  const alpha = float(args, 0), beta = float(args, 1);
  const alphas = f32x4.splat(alpha), betas = f32x4.splat(beta);
  const start = part(n, 4, from, chunks), end = part(n, 4, to, chunks);
  let i = start;
  for (; i + 4 <= end; i += 4) {
    const at = <usize>i << 2;
    v128.store(y + at, madd(alphas, v128.load(a + at), f32x4.mul(betas, v128.load(b + at))));
  }
  for (; i < end; i++) {
    const at = <usize>i << 2;
    store<f32>(y + at, alpha * load<f32>(a + at) + beta * load<f32>(b + at));
  }
}

/** y = α·a + β·b². args: a, b, y, length, chunks; α, β. */
export function blendSquare(args: usize, from: i32, to: i32, scratch: usize): void {
  const a = address(args, 0), b = address(args, 1), y = address(args, 2), n = int(args, 3), chunks = int(args, 4);
  const alpha = float(args, 0), beta = float(args, 1);
  const alphas = f32x4.splat(alpha), betas = f32x4.splat(beta);
  const start = part(n, 4, from, chunks), end = part(n, 4, to, chunks);
  let i = start;
  for (; i + 4 <= end; i += 4) {
    const at = <usize>i << 2;
    const value = v128.load(b + at);
    v128.store(y + at, madd(alphas, v128.load(a + at), f32x4.mul(betas, f32x4.mul(value, value))));
  }
  for (; i < end; i++) {
    const at = <usize>i << 2;
    const value = load<f32>(b + at);
    store<f32>(y + at, alpha * load<f32>(a + at) + beta * (value * value));
  }
}

/** y = α·p + β·m / (γ·√v + ε). args: p, m, v, y, length, chunks; α, β, γ, ε. */
export function descend(args: usize, from: i32, to: i32, scratch: usize): void {
  const p = address(args, 0), m = address(args, 1), v = address(args, 2), y = address(args, 3);
  const n = int(args, 4), chunks = int(args, 5);
  const alpha = float(args, 0), beta = float(args, 1), gamma = float(args, 2), eps = float(args, 3);
  const alphas = f32x4.splat(alpha), betas = f32x4.splat(beta), gammas = f32x4.splat(gamma), epsilons = f32x4.splat(eps);
  const start = part(n, 4, from, chunks), end = part(n, 4, to, chunks);
  let i = start;
  for (; i + 4 <= end; i += 4) {
    const at = <usize>i << 2;
    const divisor = f32x4.add(f32x4.mul(gammas, f32x4.sqrt(v128.load(v + at))), epsilons);
    const step = f32x4.div(f32x4.mul(betas, v128.load(m + at)), divisor);
    v128.store(y + at, madd(alphas, v128.load(p + at), step));
  }
  for (; i < end; i++) {
    const at = <usize>i << 2;
    const divisor = gamma * sqrt<f32>(load<f32>(v + at)) + eps;
    store<f32>(y + at, alpha * load<f32>(p + at) + (beta * load<f32>(m + at)) / divisor);
  }
}
