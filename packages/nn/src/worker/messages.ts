import type { toCheckpoint } from "../train/checkpoint.js";
import type { fit } from "../train/fit.js";
import type { PortableError } from "./errors.js";
import type { PackedModel } from "./packedModel.js";
import type { Port } from "./platform.js";

/*
 * What a caller and its worker say to each other. Greetings go over the worker itself, under a tag, beside messages of the
 * program's own; each run has a channel of its own.
 *
 *     caller            worker
 *     hello       ──►              perhaps lost: the worker's program may still be loading
 *                 ◄──  ready       once when it has loaded, and in answer to each hello
 *     start, port ──►
 *     next        ──►              one step more may be taken; `buffer` steps may be from the beginning
 *                 ◄──  step
 *     stop        ──►
 *                 ◄──  end
 */

/** What `fit` yields, and what it returns when it is done. */
export type FitStep = ReturnType<typeof fit> extends AsyncGenerator<infer Step, unknown, unknown> ? Step : never;
export type FitResult = ReturnType<typeof fit> extends AsyncGenerator<unknown, infer Result, unknown> ? Result : never;

/** What a checkpoint is made of. */
export type Run = Parameters<typeof toCheckpoint>[0];

/** The name under which greetings go. */
export const TAG = "@conv/nn/worker";

/** What goes over the worker itself. */
export type Greeting =
  | { readonly [TAG]: "hello" }
  | { readonly [TAG]: "ready" /** Held for as long as the worker lives. */; readonly lock: string | undefined }
  | ({ readonly [TAG]: "start" } & Start);

/** What a run begins with. */
export interface Start {
  /** Where commands come from and reports go. */
  readonly port: Port;
  readonly settings: unknown;
  /** Weights to begin with, of a caller that wants them back. */
  readonly model: PackedModel | undefined;
  /** A checkpoint. */
  readonly from: Uint8Array | undefined;
  /** How many steps may be taken before they are asked for. */
  readonly buffer: number;
  /** Whether it is stopped already. */
  readonly isStopped: boolean;
}

/** To the worker, in the course of a run. */
export type Command = { readonly type: "next" } | { readonly type: "stop" } | Order;

/** What is done between two steps, in the order in which it came. */
export type Order =
  | { readonly type: "learningRate"; readonly learningRate: number }
  | { readonly type: "checkpoint"; readonly metadata: Readonly<Record<string, string>> | undefined }
  | { readonly type: "model" };

/** To the caller, in the course of a run. */
export type Report = Answer | Progress | Gone;

/** Nobody takes orders any more: another run has begun. */
export interface Gone {
  readonly type: "gone";
}

/** The answer to the first `checkpoint` or `model` that has none. */
export interface Answer {
  readonly type: "answer";
  readonly bytes?: Uint8Array;
  readonly model?: PackedModel;
  readonly error?: PortableError;
}

/** How the run goes. */
export type Progress = { readonly type: "step"; readonly step: FitStep } | End;

/** The run is over. */
export interface End {
  readonly type: "end";
  /** What `fit` returned. */
  readonly result?: FitResult | undefined;
  readonly model?: PackedModel | undefined;
  readonly error?: PortableError | undefined;
}

/** A greeting, if the message is one. */
export function greetingOf(message: unknown): Greeting | undefined {
  return typeof message === "object" && message !== null && TAG in message ? (message as Greeting) : undefined;
}
