import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createHeap, type Heap } from "./heap.js";

const START = 128;
const LIMIT = START + 64 * 1024;

/** A heap of 64 KiB, and how far it has asked to grow. */
function bounded(): { heap: Heap; grown: () => number } {
  let end = START;
  const grow = (to: number) => {
    if (to > LIMIT) return false;
    end = Math.max(end, to);
    return true;
  };
  return { heap: createHeap(START, grow), grown: () => end };
}

/** Takes a block that must be there. */
function taken(heap: Heap, bytes: number): number {
  const address = heap.take(bytes);
  if (address === undefined) throw new Error("there is no room");
  return address;
}

describe("by hand", () => {
  test("blocks stand one behind the other, at multiples of 64; one that is given back is the next to be taken", () => {
    const { heap } = bounded();
    const [a, b, c] = [100, 64, 1].map((bytes) => taken(heap, bytes));
    expect([a, b, c, heap.used]).toEqual([128, 256, 320, 256]);
    heap.give(b);
    expect([heap.used, taken(heap, 10)]).toEqual([192, b]);
  });

  test("free neighbours become one block, on both sides", () => {
    const { heap, grown } = bounded();
    const [a, b, c, d] = [64, 64, 64, 64].map((bytes) => taken(heap, bytes));
    heap.give(a);
    heap.give(c);
    heap.give(b); // between the two
    expect(taken(heap, 3 * 64)).toBe(a);
    expect([d, grown()]).toEqual([START + 3 * 64, START + 4 * 64]);
  });

  test("a large block is cut, and its rest stays free", () => {
    const { heap, grown } = bounded();
    const a = taken(heap, 1024);
    taken(heap, 64);
    heap.give(a);
    expect([taken(heap, 64), taken(heap, 960)]).toEqual([a, a + 64]);
    expect(grown()).toBe(START + 1024 + 64);
  });

  test("the last block grows if it is free", () => {
    const { heap, grown } = bounded();
    heap.give(taken(heap, 64));
    expect([taken(heap, 256), grown()]).toEqual([START, START + 256]);
  });

  test("no room is undefined, and changes nothing", () => {
    const { heap } = bounded();
    const a = taken(heap, 64 * 1024);
    expect([heap.take(1), heap.used]).toEqual([undefined, 64 * 1024]);
    heap.give(a);
    expect(heap.take(64 * 1024 + 1)).toBeUndefined();
    expect([taken(heap, 64 * 1024), heap.used]).toEqual([a, 64 * 1024]);
  });

  test("giving back twice, or what was never taken, is harmless", () => {
    const { heap } = bounded();
    const [a, b] = [taken(heap, 64), taken(heap, 64)];
    heap.give(a);
    heap.give(a);
    heap.give(a + 64 * 99);
    expect(heap.used).toBe(64);
    expect([taken(heap, 64), taken(heap, 64)]).toEqual([a, b + 64]);
  });
});

/** To take so many bytes, or to give back the n-th of the blocks that are taken. */
const action = fc.oneof(
  fc.record({ take: fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 20_000 })) }),
  fc.record({ give: fc.nat(99) }),
);

test("blocks are aligned, inside what was asked for, and never overlap; all given back, there is one block again", () => {
  fc.assert(
    fc.property(fc.array(action, { maxLength: 200 }), (actions) => {
      const { heap, grown } = bounded();
      const blocks: { address: number; size: number }[] = [];
      for (const next of actions) {
        if ("take" in next) {
          const address = heap.take(next.take);
          if (address === undefined) continue;
          const size = Math.ceil(next.take / 64) * 64;
          expect(address % 64).toBe(0);
          expect(address >= START && address + size <= grown()).toBe(true);
          for (const block of blocks) {
            expect(address + size <= block.address || block.address + block.size <= address).toBe(true);
          }
          blocks.push({ address, size });
        } else if (blocks.length > 0) {
          const [{ address }] = blocks.splice(next.give % blocks.length, 1);
          heap.give(address);
        }
        expect(heap.used).toBe(blocks.reduce((sum, { size }) => sum + size, 0));
      }
      const end = grown();
      for (const { address } of blocks) heap.give(address);
      expect(heap.used).toBe(0);
      if (end > START) expect([heap.take(end - START), grown()]).toEqual([START, end]);
    }),
  );
});

test("sizes that come again and again, as in training, take no more memory than the first time", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 15 }), (sizes) => {
      const { heap, grown } = bounded();
      const step = () => {
        const blocks = sizes.map((bytes) => taken(heap, bytes));
        for (const address of blocks) heap.give(address);
      };
      step();
      const end = grown();
      for (let i = 0; i < 20; i++) step();
      expect([grown(), heap.used]).toEqual([end, 0]);
    }),
  );
});
