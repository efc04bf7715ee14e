import {
  ARGS,
  CHUNK,
  COUNT,
  DONE,
  FUNCTION,
  JOB,
  LAST_JOB,
  MOST_CHUNKS,
  NEXT,
  READY,
  SCRATCH,
  SCRATCH_BYTES,
  SHIFT,
  SLEEPERS,
} from "./control.js";
import { platform } from "./platform.js";
import { type RunningWorker, startWorker, type WorkerData } from "./worker.js";

/** A job: a function of the module, and the memory it works in. */
export interface Job {
  /** Its place among the module's exports. */
  readonly index: number;
  /** Where its words are. */
  readonly args: number;
  readonly chunks: number;
  /** Where the scratch memory of the first thread is, and how many bytes each has. */
  readonly scratch: number;
  readonly scratchBytes: number;
}

/** Threads that share jobs with the one that calls. */
export interface Threads {
  /** How many there are, the caller included: 1 until the first worker is ready, and once one was lost. */
  readonly count: number;
  /** How many there can be in a job: a worker may become ready while it is on, and they do so in any order. */
  readonly most: number;
  /** Why there are no more than one, if a worker was lost. */
  readonly lost: string | undefined;
  /** Does a job, `own` being how the caller does a chunk of it; returns when it is done. */
  run(job: Job, own: (chunk: number) => void): void;
  /** Resolves when all workers are ready, or one was lost. */
  ready(): Promise<void>;
  stop(): void;
}

/** How often the caller looks whether the others are done before it sleeps. */
const SPINS = 20_000;
/** How long nothing may happen before a worker counts as lost, in milliseconds: so long, or twenty chunks. */
const PATIENCE = 2000;

/**
 * Starts workers.
 *
 * @param count Threads in all, the caller included: 2 or more.
 * @throws {Error} When they are forbidden here.
 */
export function startThreads(count: number, data: Pick<WorkerData, "module" | "memory">): Threads {
  const control = new Int32Array(new SharedArrayBuffer(4 * (CHUNK + 2 * MOST_CHUNKS)));
  let workers: RunningWorker[] = [];
  let lost: string | undefined;
  let job = 0;

  const stop = () => {
    const running = workers;
    workers = [];
    for (const worker of running) worker.stop();
  };
  const lose = (reason: string) => {
    if (workers.length === 0) return; // stopped on purpose
    lost = reason;
    stop();
  };
  workers = Array.from({ length: count - 1 }, (_, i) =>
    startWorker({ ...data, control, thread: i + 1 }, () => lose("A worker ended or failed.")),
  );

  const claimAll = (own: (chunk: number) => void): { slowest: number; failures: unknown[] } => {
    let slowest = 0;
    const failures: unknown[] = []; // after one, the rest is claimed, lest a worker begin it, but not done
    for (;;) {
      const chunk = Atomics.add(control, NEXT, 1) & (2 ** SHIFT - 1);
      if (chunk >= (control[COUNT] & (2 ** SHIFT - 1))) return { slowest, failures };
      const start = platform.performance.now();
      try {
        if (failures.length === 0) own(chunk);
      } catch (error) {
        failures.push(error);
      }
      slowest = Math.max(slowest, platform.performance.now() - start);
      Atomics.store(control, CHUNK + chunk, job);
      Atomics.add(control, DONE, 1);
    }
  };

  /** Waits for the chunks that workers have claimed. */
  const join = (chunks: number, patience: number): boolean => {
    let done = Atomics.load(control, DONE);
    for (let spins = SPINS; done < chunks && spins > 0; spins--) done = Atomics.load(control, DONE);
    let since = platform.performance.now();
    while (done < chunks) {
      Atomics.wait(control, DONE, done, 50);
      const now = Atomics.load(control, DONE);
      if (now !== done) since = platform.performance.now();
      else if (platform.performance.now() - since > patience) return false;
      done = now;
    }
    return true;
  };

  return {
    get count() {
      return workers.length === 0 ? 1 : 1 + Atomics.load(control, READY);
    },
    most: count,
    get lost() {
      return lost;
    },
    run({ index, args, chunks, scratch, scratchBytes }, own) {
      if (job === LAST_JOB) {
        job = 0;
        control.fill(0, CHUNK); // what was done by jobs of the same numbers
      }
      job++;
      control[DONE] = 0;
      control[FUNCTION] = index;
      control[ARGS] = args;
      control[SCRATCH] = scratch;
      control[SCRATCH_BYTES] = scratchBytes;
      Atomics.store(control, COUNT, (job << SHIFT) | chunks);
      Atomics.store(control, NEXT, job << SHIFT);
      Atomics.store(control, JOB, job);
      if (Atomics.load(control, SLEEPERS) > 0) Atomics.notify(control, JOB);
      const { slowest, failures } = claimAll(own);
      const isDone = join(chunks, Math.max(PATIENCE, 20 * slowest));
      if (!isDone) lose("A worker did not answer.");
      if (failures.length > 0) throw failures[0];
      if (isDone) return;
      for (let chunk = 0; chunk < chunks; chunk++) if (control[CHUNK + chunk] !== job) own(chunk);
    },
    async ready() {
      while (workers.length > 0 && Atomics.load(control, READY) < count - 1) {
        await new Promise((resolve) => platform.setTimeout(resolve, 2));
      }
    },
    stop,
  };
}
