// The words of a job: integers and pointers first, then, from word 128 on, floats.

/** The i-th integer of a job. */
// @ts-ignore: decorator
@inline
export function int(args: usize, i: i32): i32 {
  return load<i32>(args + (<usize>i << 2));
}

/** The i-th integer of a job as an address. */
// @ts-ignore: decorator
@inline
export function address(args: usize, i: i32): usize {
  return <usize>load<u32>(args + (<usize>i << 2));
}

/** The i-th float of a job. */
// @ts-ignore: decorator
@inline
export function float(args: usize, i: i32): f32 {
  return load<f32>(args + 512 + (<usize>i << 2));
}

/** Where part i of n of `length` elements begins, in multiples of `grain`. */
// @ts-ignore: decorator
@inline
export function part(length: i32, grain: i32, i: i32, n: i32): i32 {
  const grains = <i64>((length + grain - 1) / grain);
  const start = <i32>((grains * i) / n) * grain;
  return start < length ? start : length;
}

/** a · b + c in every lane. Where the machine has it, `module.ts` makes it one instruction. */
// @ts-ignore: decorator
@inline
export function madd(a: v128, b: v128, c: v128): v128 {
  return f32x4.add(f32x4.mul(a, b), c);
}
