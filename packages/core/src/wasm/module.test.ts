import { describe, expect, test } from "vitest";
import { bytesFor, fuse, hasMadd, hasSimd } from "./module.js";
import { platform } from "./platform.js";

const LOCAL_GET = 0x20;
const MUL = [0xfd, 0xe6, 1];
const ADD = [0xfd, 0xe4, 1];
const MADD = [0xfd, 0x85, 2];
const NOP = 1;

describe("fuse", () => {
  test("by hand: a product that is added to a variable becomes one instruction, as long as before", () => {
    const bytes = Uint8Array.from([7, ...MUL, LOCAL_GET, 5, ...ADD, 9]);
    expect(fuse(bytes)).toBe(1);
    expect([...bytes]).toEqual([7, LOCAL_GET, 5, ...MADD, NOP, NOP, NOP, 9]);
  });

  test("by hand: the number of a variable may take two bytes", () => {
    const bytes = Uint8Array.from([...MUL, LOCAL_GET, 0x85, 1, ...ADD]);
    expect(fuse(bytes)).toBe(1);
    expect([...bytes]).toEqual([LOCAL_GET, 0x85, 1, ...MADD, NOP, NOP, NOP]);
  });

  test("other products stay", () => {
    for (const other of [
      [...MUL, LOCAL_GET, 5, ...MUL],
      [...MUL, ...ADD],
      [...ADD, LOCAL_GET, 5, ...ADD],
      [...MUL, LOCAL_GET, 5],
    ]) {
      const bytes = Uint8Array.from(other);
      expect(fuse(bytes)).toBe(0);
      expect([...bytes]).toEqual(other);
    }
  });
});

describe("the module", () => {
  const compiles = (bytes: Uint8Array) => platform.WebAssembly?.validate(bytes);

  test("compiles as it is, and for memory that is shared", () => {
    expect(hasSimd()).toBe(true);
    expect(compiles(bytesFor({ madd: false, shared: false }))).toBe(true);
    expect(compiles(bytesFor({ madd: false, shared: true }))).toBe(true);
  });

  test("compiles with fused instructions where there are any, and not where there are none", () => {
    expect(compiles(bytesFor({ madd: true, shared: true }))).toBe(hasMadd());
  });

  test("has products to fuse: those of the tiles, of depthwise rows, of some transforms", () => {
    expect(fuse(bytesFor({ madd: false, shared: false }))).toBeGreaterThan(30);
  });

  test("differs between the machines in as few bytes as there is to say", () => {
    const [plain, shared] = [false, true].map((flag) => bytesFor({ madd: false, shared: flag }));
    expect(plain.filter((byte, i) => byte !== shared[i])).toHaveLength(1);
    expect(bytesFor({ madd: true, shared: false })).toHaveLength(plain.length);
  });
});
