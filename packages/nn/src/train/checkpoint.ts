import { BackendError, type RandomState } from "@conv/core";
import { count } from "@conv/core/operators";
import { FormatError } from "../files/formatError.js";
import { fromSafetensors, safetensorsMetadata, stateToCpu, toSafetensors } from "../files/safetensors.js";
import type { StateDict } from "../module.js";
import type { PlainState } from "../schedules/schedule.js";
import { giveBack } from "../views.js";
import { type Callback, listOf, type Run } from "./callback.js";
import { generatorsOf } from "./generators.js";
import { readEntry, readGenerators, readPosition, readRate, readStates, writePosition } from "./metadata.js";
import type { Position } from "./progress.js";

/** What a checkpoint holds, before it is put into a model and an optimizer. */
export interface Checkpoint {
  readonly model: StateDict;
  readonly optimizer: StateDict;
  readonly position: Position;
  /** Learning rate of the first group at that moment. Another one takes the place of those of all groups. */
  readonly learningRate: number;
  /** What the schedules remembered. */
  readonly schedules: readonly PlainState[];
  /** What the callbacks remembered that remember something. */
  readonly callbacks: readonly PlainState[];
  /** The states of the generators inside the model (of dropout layers), in the order of its modules. */
  readonly random: readonly RandomState[];
}

const MODEL = "model.";
const OPTIMIZER = "optimizer.";

/**
 * A run as a safetensors file: weights, optimizer with its groups, schedules, callbacks, random states and position.
 * Resumed, it continues the same curve, on any device.
 *
 * @param metadata More strings to keep in the file; `safetensorsMetadata` reads them.
 * @throws {BackendError} When the run is on a device that cannot answer at once, a GPU: use `await toCheckpointAsync(run)`.
 */
export function toCheckpoint(run: Run, metadata: Readonly<Record<string, string>> = {}): Uint8Array {
  const { tensors, entries } = contentOf(run, metadata);
  try {
    return toSafetensors(tensors, entries);
  } catch (cause) {
    if (!(cause instanceof BackendError)) throw cause;
    throw new BackendError(
      `toCheckpoint: the run is on ${lateDevice(tensors)}, which cannot answer at once. Use await toCheckpointAsync(run).`,
      { cause },
    );
  } finally {
    giveBack(tensors);
  }
}

/**
 * `toCheckpoint` of a run on any device: the run as it stands now, once the device has answered. It may go on meanwhile.
 *
 * @param metadata More strings to keep in the file; `safetensorsMetadata` reads them.
 */
export async function toCheckpointAsync(
  run: Run,
  metadata: Readonly<Record<string, string>> = {},
): Promise<Uint8Array> {
  const { tensors, entries } = contentOf(run, metadata);
  try {
    return toSafetensors(await stateToCpu(tensors), entries);
  } finally {
    giveBack(tensors);
  }
}

/** What is in the file: tensors of our own, and strings. */
function contentOf(
  { model, optimizer, schedule, callbacks, position }: Run,
  metadata: Readonly<Record<string, string>>,
) {
  const entries = {
    ...metadata,
    format: "@conv/nn checkpoint 1",
    position: writePosition(position),
    learningRate: JSON.stringify(optimizer.lr),
    random: JSON.stringify(generatorsOf(model).map(({ state }) => state)),
    schedules: JSON.stringify(listOf(schedule).map((one) => one.stateDict())),
    callbacks: JSON.stringify(rememberingOf(callbacks).map((one) => one.stateDict())),
  };
  const tensors = { ...withPrefix(MODEL, model.snapshot()), ...withPrefix(OPTIMIZER, optimizer.snapshot()) };
  return { tensors, entries };
}

const lateDevice = (state: StateDict) => Object.values(state).find(({ device }) => !device.isHost)?.device.name;

/**
 * Reads a checkpoint.
 *
 * @throws {FormatError} When the bytes are no checkpoint, or damaged.
 */
export function fromCheckpoint(bytes: Uint8Array): Checkpoint {
  const state = fromSafetensors(bytes);
  const metadata = safetensorsMetadata(bytes);
  if (metadata.format !== "@conv/nn checkpoint 1") {
    throw new FormatError("fromCheckpoint: the file holds tensors, but no training run. Load it with fromSafetensors.");
  }
  return {
    model: withoutPrefix(MODEL, state),
    optimizer: withoutPrefix(OPTIMIZER, state),
    position: readEntry(metadata, "position", readPosition),
    learningRate: readEntry(metadata, "learningRate", readRate),
    random: readEntry(metadata, "random", readGenerators),
    schedules: readEntry(metadata, "schedules", readStates, []),
    callbacks: readEntry(metadata, "callbacks", readStates, []),
  };
}

/**
 * Puts a checkpoint into a run like the one it was made from: the same model, optimizer, schedules and callbacks. Go on
 * with `fit(…, { from: checkpoint.position })`. For the weights alone: `model.loadStateDict(checkpoint.model)`.
 *
 * @throws {Error} When the run is another one. Nothing is changed then.
 */
export function restore(run: Omit<Run, "position">, checkpoint: Checkpoint): void {
  const { model, optimizer } = run;
  const parts = partsOf(run);
  const [weights, memory] = [model.snapshot(), optimizer.snapshot()];
  const before = parts.map((part) => part.get());
  try {
    model.loadStateDict(checkpoint.model);
    const states = statesIn(run, checkpoint);
    optimizer.loadStateDict(checkpoint.optimizer);
    if (optimizer.lr !== checkpoint.learningRate) optimizer.lr = checkpoint.learningRate;
    parts.forEach((part, i) => {
      part.set(states[i]);
    });
  } catch (error) {
    model.loadStateDict(weights);
    optimizer.loadStateDict(memory);
    parts.forEach((part, i) => {
      part.set(before[i]);
    });
    throw error;
  }
  giveBack(weights);
  giveBack(memory);
}

/** A part of a run that remembers something beside tensors. */
interface Part {
  get(): unknown;
  set(state: unknown): void;
}

/** Schedules, callbacks and generators. */
function partsOf({ model, schedule, callbacks }: Omit<Run, "position">): Part[] {
  return [
    ...[...listOf(schedule), ...rememberingOf(callbacks)].map((part) => ({
      get: () => part.stateDict(),
      set: (state: PlainState) => part.loadStateDict(state),
    })),
    ...generatorsOf(model).map((random) => ({
      get: () => random.state,
      set: (state: RandomState) => random.restore(state),
    })),
  ];
}

/** Their states in a checkpoint, as many as there are. */
function statesIn({ model, schedule, callbacks }: Omit<Run, "position">, checkpoint: Checkpoint): unknown[] {
  const { schedules: atSchedules = [], callbacks: atCallbacks = [], random } = checkpoint;
  const pairs = [
    [atSchedules.length, listOf(schedule).length, "schedule", "Pass { schedule } as it was in that run, or without."],
    [
      atCallbacks.length,
      rememberingOf(callbacks).length,
      "callback",
      "Pass { callbacks } as they were in that run; functions do not count.",
    ],
    [random.length, generatorsOf(model).length, "random generator", "Build the model it was saved from."],
  ] as const;
  for (const [saved, own, what, hint] of pairs) {
    if (saved === own) continue;
    throw new Error(`restore: the checkpoint has ${count(saved, what)}, but this run has ${own}. ${hint}`);
  }
  return [...atSchedules, ...atCallbacks, ...random];
}

/** The callbacks that remember something. */
function rememberingOf(callbacks: readonly Callback[] = []) {
  return callbacks.flatMap((callback) => {
    if (typeof callback === "function") return [];
    if (callback.stateDict === undefined || callback.loadStateDict === undefined) return [];
    return [
      {
        stateDict: () => callback.stateDict?.() ?? {},
        loadStateDict: (state: PlainState) => callback.loadStateDict?.(state),
      },
    ];
  });
}

const withPrefix = (prefix: string, state: StateDict): StateDict =>
  Object.fromEntries(Object.entries(state).map(([name, value]) => [prefix + name, value]));

const withoutPrefix = (prefix: string, state: StateDict): StateDict =>
  Object.fromEntries(
    Object.entries(state).flatMap(([name, value]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), value]] : [],
    ),
  );
