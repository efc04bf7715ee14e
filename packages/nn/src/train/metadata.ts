import type { RandomState } from "@conv/core";
import { formatValue } from "@conv/core/operators";
import { FormatError } from "../files/formatError.js";
import type { PlainState } from "../schedules/schedule.js";
import type { EpochSums, Position, StepRecord } from "./progress.js";

// What a checkpoint keeps as JSON, written and read. JSON has no NaN and no infinity: in a position they are words.

/** The JSON of a position. */
export const writePosition = (position: Position): string =>
  JSON.stringify(position, (_, value: unknown) =>
    typeof value === "number" && !Number.isFinite(value) ? String(value) : value,
  );

/** Reads one entry of the metadata. @throws {FormatError} Naming it, when it is missing or damaged. */
export function readEntry<T>(
  metadata: Readonly<Record<string, string>>,
  name: string,
  read: (value: unknown) => T | undefined,
  absent?: T,
): T {
  if (!Object.hasOwn(metadata, name)) {
    if (absent !== undefined) return absent;
    throw new FormatError(
      `fromCheckpoint: the ${name} is missing in the file's metadata. It was not written by toCheckpoint.`,
    );
  }
  const value = parsed(metadata[name]);
  const result = value === undefined ? undefined : read(value);
  if (result !== undefined) return result;
  const text = metadata[name].length > 60 ? `${metadata[name].slice(0, 60)}…` : metadata[name];
  throw new FormatError(`fromCheckpoint: the ${name} in the file's metadata is damaged: ${formatValue(text)}.`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

type Fields = Readonly<Record<string, unknown>>;

const isFields = (x: unknown): x is Fields => typeof x === "object" && x !== null && !Array.isArray(x);

const isCount = (x: unknown): x is number => Number.isSafeInteger(x) && Number(x) >= 0;

export const readRate = (x: unknown): number | undefined =>
  typeof x === "number" && Number.isFinite(x) && x >= 0 ? x : undefined;

/** States of schedules or callbacks. */
export const readStates = (x: unknown): readonly PlainState[] | undefined =>
  Array.isArray(x) && x.every(isFields) ? x : undefined;

export const readGenerators = (x: unknown): readonly RandomState[] | undefined =>
  Array.isArray(x) && x.every(isRandomState) ? x : undefined;

function isRandomState(x: unknown): x is RandomState {
  return (
    isFields(x) && typeof x.generator === "string" && Array.isArray(x.key) && isCount(x.drawn) && isCount(x.children)
  );
}

export function readPosition(x: unknown): Position | undefined {
  if (!isFields(x) || !isCount(x.epoch) || !isCount(x.step)) return undefined;
  const { epoch, step, steps, random, validation } = x;
  if (steps !== undefined && !isCount(steps)) return undefined;
  if (random !== undefined && !isRandomState(random)) return undefined;
  if (validation !== undefined && !isRandomState(validation)) return undefined;
  const sums = readNumbers(x.sums, ["loss", "examples", "correct", "labels"]);
  const last = readNumbers(x.last, ["loss", "accuracy", "gradNorm", "examples", "learningRate"]);
  if (sums === null || last === null) return undefined;
  return {
    ...{ epoch, step },
    ...(steps === undefined ? {} : { steps }),
    ...(random === undefined ? {} : { random }),
    ...(validation === undefined ? {} : { validation }),
    ...(sums === undefined ? {} : { sums: sums satisfies EpochSums }),
    ...(last === undefined ? {} : { last: last satisfies StepRecord }),
  };
}

/** Numbers by name, also NaN and infinity; undefined if there are none, null if they are damaged. */
function readNumbers<Name extends string>(
  x: unknown,
  names: readonly Name[],
): { readonly [N in Name]: number } | undefined | null {
  if (x === undefined) return undefined;
  if (!isFields(x)) return null;
  const values = names.map((name) => x[name]);
  const isNumber = (v: unknown) => typeof v === "number" || v === "NaN" || v === "Infinity" || v === "-Infinity";
  if (!values.every(isNumber)) return null;
  return Object.fromEntries(names.map((name, i) => [name, Number(values[i])])) as { [N in Name]: number };
}
