/** Blocks start at multiples of this many bytes: a line of the cache. */
const GRAIN = 64;

/** A stretch of memory of which blocks are taken and given back. Free neighbours become one. */
export interface Heap {
  /** The address of a block of at least this many bytes; undefined where there is no room. */
  take(bytes: number): number | undefined;
  /** Gives a block back. */
  give(address: number): void;
  /** Bytes in blocks that are taken. */
  readonly used: number;
}

/**
 * A heap from `start` on. Free blocks are kept by size: the last one that was given back, and is still in the cache, comes
 * first.
 *
 * @param grow Asks for memory up to an address; false if there is none.
 */
export function createHeap(start: number, grow: (end: number) => boolean): Heap {
  const taken = new Map<number, number>(); // sizes by address
  const free = new Map<number, number>(); // sizes by address
  const freeByEnd = new Map<number, number>(); // addresses by the address behind
  const bins: number[][] = Array.from({ length: 128 }, () => []); // addresses; may hold some that are gone
  let end = start; // everything from here on was never used
  let used = 0;

  const put = (address: number, size: number) => {
    free.set(address, size);
    freeByEnd.set(address + size, address);
    const bin = binOf(size);
    bins[bin].push(address);
    if (bins[bin].length > 64 + 4 * free.size) {
      bins[bin] = [...new Set(bins[bin])].filter((at) => binOf(free.get(at) ?? 0) === bin); // those that are gone leave
    }
  };
  const remove = (address: number, size: number) => {
    free.delete(address);
    freeByEnd.delete(address + size);
  };
  /** The last block of a bin that is free and large enough. */
  const search = (bin: number, size: number): number | undefined => {
    const addresses = bins[bin];
    for (let i = addresses.length - 1; i >= 0; i--) {
      const found = free.get(addresses[i]);
      const isGone = found === undefined || binOf(found) !== bin;
      if (isGone || found >= size) {
        const [address] = addresses.splice(i, 1);
        if (!isGone) return address;
      }
    }
    return undefined;
  };

  return {
    take(bytes) {
      const size = Math.max(GRAIN, Math.ceil(bytes / GRAIN) * GRAIN);
      let address: number | undefined;
      for (let bin = binOf(size); address === undefined && bin < bins.length; bin++) address = search(bin, size);
      if (address === undefined) {
        const last = freeByEnd.get(end);
        const first = last ?? end; // the last block is free, but too small: it grows
        if (!grow(first + size)) return undefined;
        if (last !== undefined) remove(last, end - last);
        address = first;
        end = first + size;
      } else {
        const found = free.get(address) as number;
        remove(address, found);
        if (found > size) put(address + size, found - size);
      }
      taken.set(address, size);
      used += size;
      return address;
    },
    give(given) {
      const size = taken.get(given);
      if (size === undefined) return;
      taken.delete(given);
      used -= size;
      const before = freeByEnd.get(given);
      const address = before ?? given;
      if (before !== undefined) remove(before, given - before);
      const behind = free.get(given + size);
      if (behind !== undefined) remove(given + size, behind);
      put(address, given - address + size + (behind ?? 0));
    },
    get used() {
      return used;
    },
  };
}

/** The number of the bin for blocks of this size: four for every doubling. */
function binOf(size: number): number {
  const grains = size / GRAIN;
  const doubling = Math.floor(Math.log2(grains));
  return 4 * doubling + Math.floor(4 * (grains / 2 ** doubling - 1));
}
