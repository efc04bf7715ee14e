import { cpu, ShapeError } from "@conv/core";
import { remoteDevice } from "@tooling/remote";
import { crossEntropy, type Loss } from "../../src/index.js";
import { serveFit } from "../../src/worker.js";
import { callOf, imagesCall } from "./call.js";
import { say } from "./say.js";

/** What the tests ask of the worker. */
export interface Settings {
  readonly seed: number;
  readonly epochs?: number;
  /** Threads of the cpu. */
  readonly threads?: number;
  /** What goes wrong when, counted in steps from 1 on; 0 is the preparation. */
  readonly fault?: { readonly step: number; readonly kind: keyof typeof FAULTS };
  /** Waits in its preparation until the run is stopped. */
  readonly waits?: boolean;
  /** After how many steps a signal of the worker's own stops it. */
  readonly limit?: number;
  /** Trains on a device that cannot be read at once. */
  readonly remote?: boolean;
  /** Trains on images: long steps. */
  readonly images?: boolean;
}

/** Ways to go wrong. */
const FAULTS = {
  range: () => {
    throw new RangeError("The fault of the test.");
  },
  shape: () => {
    throw new ShapeError("The shape of the test.", { cause: new Error("Deeper.") });
  },
  text: () => {
    throw "Words.";
  },
  exit: () => process.exit(3),
  uncaught: () => void setTimeout(() => FAULTS.range(), 0),
  close: () => close(),
};

declare function close(): void;

serveFit(
  async (
    { seed, epochs = 2, threads, fault, waits = false, limit = 1e9, remote = false, images = false }: Settings,
    caller,
  ) => {
    if (threads !== undefined) say({ threads: (await cpu.configure({ threads })).threads });
    if (fault?.step === 0) FAULTS[fault.kind]();
    if (waits) {
      say({ waits });
      await new Promise((_, reject) => caller.signal.addEventListener("abort", () => reject(caller.signal.reason)));
    }
    if (images) return imagesCall();
    const call = callOf({ seed, epochs });
    if (remote) call.model.to(remoteDevice());
    let steps = 0;
    const loss: Loss = (y, target) => {
      if (!call.model.training) return crossEntropy(y, target);
      say({ step: ++steps });
      if (fault?.step === steps) FAULTS[fault.kind]();
      return crossEntropy(y, target);
    };
    const signal = {
      get aborted() {
        return steps >= limit;
      },
    };
    return { ...call, loss, signal };
  },
);
