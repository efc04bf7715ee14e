import { availableParallelism, cpus, loadavg } from "node:os";

/** Where and when figures came out. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly threads: number;
  /** How many programs wanted a core in the minute before. */
  readonly load: number;
  readonly node: string;
  /** As 2026-01-31. */
  readonly date: string;
}

/** This machine, now. */
export function describeMachine(threads: number): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? "unknown processor",
    cores: availableParallelism(),
    threads,
    load: Number(loadavg()[0].toFixed(1)),
    node: process.version,
    date: new Date().toISOString().slice(0, 10),
  };
}
