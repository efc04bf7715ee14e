import { readFile } from "node:fs/promises";
import {
  type Checkpoint,
  type CosineLR,
  fromCheckpoint,
  fromSafetensors,
  type Module,
  type Optimizer,
  type Position,
  restore,
  type StateDict,
  safetensorsMetadata,
} from "@conv/nn";
import type { CommandLine, Options } from "./options.js";

/** Options that cannot change within a run. */
const FIXED = ["dataset", "batchSize", "optimizer", "seed"] as const satisfies readonly (keyof Options)[];

/** The options that decide a run's curve: a resumed run takes them from its checkpoint. */
export type Settings = Pick<Options, (typeof FIXED)[number] | "lr" | "epochs">;

/** The options that decide a run's curve, for its checkpoint. */
export function settingsOf({ dataset, batchSize, optimizer, seed, lr, epochs }: Options): Settings {
  return { dataset, batchSize, optimizer, seed, lr, epochs };
}

/** What a file to resume from holds: weights only, or a run with the settings it was made with. */
type Found = { readonly weights: StateDict } | { readonly checkpoint: Checkpoint; readonly saved: Settings };

/** How a run begins: with these options, and from what `into` puts into its model, optimizer and schedule. */
export interface Beginning {
  readonly options: Options;
  /** Where `fit` goes on; undefined at the very beginning. */
  into(model: Module, optimizer: Optimizer, schedule: CosineLR): Position | undefined;
}

/**
 * What `--resume` asks for: to go on with a checkpoint, or to start from weights; without it, to start anew.
 *
 * @throws {Error} When the file cannot be read, is no such file, belongs to other options, or is complete already.
 */
export async function beginning({ options, isGiven }: CommandLine): Promise<Beginning> {
  if (options.resume === undefined) return { options, into: () => undefined };
  const bytes = await readFile(options.resume).catch((error: NodeJS.ErrnoException) => {
    throw new Error(
      `--resume: cannot read ${options.resume} (${error.code}). Pass a checkpoint.safetensors that an earlier run wrote.`,
    );
  });
  const read = (): Found => {
    const { settings } = safetensorsMetadata(bytes);
    if (settings === undefined) return { weights: fromSafetensors(bytes) };
    return { checkpoint: fromCheckpoint(bytes), saved: JSON.parse(settings) };
  };
  const found = explained(options.resume, read);
  if ("weights" in found) return startFrom(found.weights, options);

  const { checkpoint, saved } = found;
  const changed = FIXED.find((name) => isGiven(name) && options[name] !== saved[name]);
  if (changed !== undefined) {
    throw new Error(
      `--resume: that run was made with ${changed} ${saved[changed]}, not ${options[changed]}. ` +
        "Leave the option out, or start anew.",
    );
  }
  const { lr, epochs } = options;
  return goOn(checkpoint, {
    ...options,
    ...saved,
    ...(isGiven("lr") ? { lr } : {}),
    ...(isGiven("epochs") ? { epochs } : {}),
  });
}

function startFrom(weights: StateDict, options: Options): Beginning {
  return {
    options,
    into(model) {
      explained(options.resume, () => model.loadStateDict(weights));
      return undefined;
    },
  };
}

function goOn(checkpoint: Checkpoint, options: Options): Beginning {
  if (checkpoint.position.epoch >= options.epochs) {
    throw new Error(
      `--resume: that run is complete after ${checkpoint.position.epoch} epochs. ` +
        `Pass more to go on, such as --epochs ${checkpoint.position.epoch + 5}.`,
    );
  }
  return {
    options,
    into(model, optimizer, schedule) {
      explained(options.resume, () => restore({ model, optimizer, schedule }, checkpoint));
      schedule.baseLrs.fill(options.lr); // with another rate, or more epochs, the rest of the run follows the new curve
      schedule.jump(schedule.steps);
      return checkpoint.position;
    },
  };
}

/** What `read` returns; its errors say which file they are about. */
function explained<T>(file: string | undefined, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const reason =
      error instanceof Error ? error.message.replace(/ Build the model.*| The file is.*/, "") : String(error);
    throw new Error(`--resume: ${file} is no checkpoint or model of this program (${reason.replace(/\.$/, "")}).`);
  }
}
