import {
  ARGS,
  CHUNK,
  COUNT,
  DONE,
  FUNCTION,
  JOB,
  NEXT,
  READY,
  SCRATCH,
  SCRATCH_BYTES,
  SHIFT,
  SLEEPERS,
} from "./control.js";
import { type NodeWorkers, platform, type WasmMemory, type WasmModule } from "./platform.js";

/** What a worker is given. */
export interface WorkerData {
  readonly module: WasmModule;
  readonly memory: WasmMemory;
  readonly control: Int32Array;
  /** Its number, from 1 on: which part of the scratch memory is its own. */
  readonly thread: number;
}

/** How often a worker looks for a job before it goes to sleep: some tens of microseconds. */
const SPINS = 4000;

/**
 * The program of a worker, as text: a worker is started from a URL that holds it, so that no bundler needs to know.
 * It claims chunks of the job that is on, and sleeps when there are none.
 */
const SERVE = `
const serve = ({ module, memory, control, thread }) => {
  const functions = Object.values(new WebAssembly.Instance(module, { env: { memory } }).exports);
  const mask = ${2 ** SHIFT - 1};
  Atomics.add(control, ${READY}, 1);
  for (;;) {
    const job = Atomics.load(control, ${JOB});
    for (;;) {
      const claim = Atomics.add(control, ${NEXT}, 1);
      const count = Atomics.load(control, ${COUNT});
      const chunk = claim & mask;
      if (claim >> ${SHIFT} !== count >> ${SHIFT} || chunk >= (count & mask)) break;
      const scratch = (control[${SCRATCH}] >>> 0) + thread * control[${SCRATCH_BYTES}];
      functions[control[${FUNCTION}]](control[${ARGS}], chunk, chunk + 1, scratch);
      Atomics.store(control, ${CHUNK} + chunk, count >> ${SHIFT});
      Atomics.add(control, ${DONE}, 1);
      Atomics.notify(control, ${DONE});
    }
    let spins = ${SPINS};
    while (Atomics.load(control, ${JOB}) === job && --spins > 0);
    if (spins === 0) {
      Atomics.add(control, ${SLEEPERS}, 1);
      Atomics.wait(control, ${JOB}, job);
      Atomics.sub(control, ${SLEEPERS}, 1);
    }
  }
};
`;

/** A worker that can be stopped. */
export interface RunningWorker {
  stop(): void;
}

/**
 * Starts a worker thread that serves jobs: in Node with worker_threads, elsewhere as a Web Worker.
 *
 * @param onEnd Called if it fails or ends by itself.
 * @throws {Error} When workers, or workers from a URL that holds their program, are forbidden.
 */
export function startWorker(data: WorkerData, onEnd: () => void): RunningWorker {
  const node = platform.process?.getBuiltinModule?.("node:worker_threads") as NodeWorkers | undefined;
  if (node !== undefined) {
    const program = `import { workerData } from "node:worker_threads";${SERVE}serve(workerData);`;
    const worker = new node.Worker(new platform.URL(`data:text/javascript,${encodeURIComponent(program)}`), {
      workerData: data,
    });
    worker.unref(); // the process may end without it
    worker.on("error", onEnd);
    worker.on("exit", onEnd);
    return { stop: () => void worker.terminate() };
  }
  if (platform.Worker === undefined) throw new Error("there are no workers");
  const program = `${SERVE}onmessage = ({ data }) => serve(data);`;
  const worker = new platform.Worker(
    platform.URL.createObjectURL(new platform.Blob([program], { type: "text/javascript" })),
  );
  worker.onerror = onEnd;
  worker.postMessage(data);
  return { stop: () => worker.terminate() };
}
