import { afterAll, beforeAll } from "vitest";

// Devices are told by what they have, since @conv/core tests itself with these: nothing of it is imported.

/** What these need of the cpu. */
interface Cpu {
  readonly name: string;
  allocate(dtype: never, size: number): unknown;
  upload(values: never): unknown;
  release?(storage: unknown): void;
}

/** A device like the cpu that knows which storages it allocated and did not get back, and gets nothing back twice. */
export function counting<D extends Cpu>(cpu: D) {
  const live = new Set<unknown>();
  const back = new Set<unknown>();
  const noted = (storage: unknown) => {
    live.add(storage);
    return storage;
  };
  const device = {
    ...cpu,
    name: "counting",
    allocate: (dtype: never, size: number) => noted(cpu.allocate(dtype, size)),
    upload: (values: never) => noted(cpu.upload(values)),
    release: (storage: unknown) => {
      if (back.has(storage)) throw new Error("this was given back already");
      back.add(storage);
      live.delete(storage);
    },
  };
  return { device: device as D, live };
}

/**
 * In the tests of the file, or of the `describe`, the cpu gives storage back, as a device without a garbage collector does:
 * so scopes dispose of its tensors, and numbers that were disposed of are told from those that were not.
 */
export function givingBack(cpu: Cpu): void {
  beforeAll(() => {
    Object.assign(cpu, { release: () => {} });
  });
  afterAll(() => {
    delete cpu.release;
  });
}
