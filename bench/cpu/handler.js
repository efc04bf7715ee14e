// What a peer's process does when it is asked. It runs in Node and in a browser's worker.

import { fingerprint } from "./fingerprint.js";
import { COMPARED_STEPS } from "./network.js";

/** A peer throws it where it has no such map: an answer, not a failure. */
export class Cannot extends Error {}

/**
 * Something that can be run again and again: a map of a layer, or the training step.
 *
 * @typedef {object} Subject
 * @property {() => unknown} run What is timed, a promise awaited. The training step returns its loss.
 * @property {(y: any) => ArrayLike<number> | Promise<ArrayLike<number>>} [values] What a run of a map returned, in the
 *   order of NCHW or OIHW.
 * @property {(y: any) => void} [release] Frees what a run returned; not timed.
 * @property {() => void} [free] Frees all that is held.
 * @property {number} [comparedSteps] Of how many first steps a training's losses are those of the others. Default: 3.
 *
 * @typedef {object} Peer
 * @property {string} [version]
 * @property {number} threads How many it really computes with.
 * @property {string} [reason] Why not with more.
 * @property {string} [note] What a reader should know.
 * @property {(layer: import("./layers.js").Layer, map: string) => Subject | Promise<Subject>} [layer]
 * @property {() => Subject | Promise<Subject>} [training]
 */

/**
 * Answers { op: "prepare", layer, map } or { op: "prepare", training: true } with the milliseconds of a first run,
 * { op: "time", reps } with { times }, { op: "check" } with { fingerprint }, and { op: "free" }. What the peer has no
 * map for, it answers with { cannot: reason }; what went wrong, with { error }.
 *
 * @param {Peer} peer
 */
export function createHandler(peer) {
  let subject;
  let losses;

  const timed = async () => {
    const start = performance.now();
    const y = await subject.run();
    const time = performance.now() - start;
    if (losses !== undefined && losses.length < (subject.comparedSteps ?? COMPARED_STEPS)) losses.push(y);
    return { y, time };
  };
  const timedOnly = async () => {
    const { y, time } = await timed();
    subject.release?.(y);
    return time;
  };
  const check = async () => {
    if (losses !== undefined) return { losses };
    const { y } = await timed();
    const found = fingerprint(await subject.values(y));
    subject.release?.(y);
    return found;
  };
  const free = () => {
    subject?.free?.();
    subject = undefined;
  };

  const operations = {
    prepare: async ({ layer, map, training = false }) => {
      free();
      losses = training ? [] : undefined;
      const make = training ? peer.training : peer.layer;
      if (make === undefined) throw new Cannot(training ? "it does not train" : "only its training step is measured");
      subject = await make(layer, map);
      return { time: await timedOnly() };
    },
    time: async ({ reps }) => {
      const times = [];
      for (let i = 0; i < reps; i++) times.push(await timedOnly());
      return { times };
    },
    check: async () => ({ fingerprint: await check() }),
    free: async () => {
      free();
      return {};
    },
  };

  return async (message) => {
    try {
      return await operations[message.op](message);
    } catch (error) {
      return error instanceof Cannot ? { cannot: error.message } : { error: String(error?.stack ?? error) };
    }
  };
}
