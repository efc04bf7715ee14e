import { address, int, madd } from "./args";
export function product(args: usize, from: i32, to: i32, scratch: usize): void {
  let a = v128.load(address(args, 0));
  a = madd(a, a, v128.load(address(args, 1)));
  v128.store(address(args, 2), a);
}
