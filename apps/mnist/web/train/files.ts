import { fromCheckpoint, fromSafetensors, safetensorsMetadata, toSafetensors } from "@conv/nn";
import { TWO_BLOCKS } from "../../src/model.js";
import { readArchitecture } from "../architecture/read.js";
import { blankModel } from "../blank.js";
import { model } from "../state.js";
import { current } from "./run.js";
import { adopt } from "./session.js";

/** Lets the person keep the network as it is now: `model.safetensors`, which PyTorch reads too. */
export function downloadModel(): void {
  const { settings } = current.value;
  const state = model.value.stateDict();
  const bytes = toSafetensors(state, { architecture: JSON.stringify(settings.architecture) });
  const url = URL.createObjectURL(new Blob([bytes as Uint8Array<ArrayBuffer>], { type: "application/octet-stream" }));
  Object.assign(document.createElement("a"), { href: url, download: "model.safetensors" }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** What is wrong with a file whose weights are no numbers. */
export const NOT_NUMBERS = new Error("The weights are no finite numbers.");

/**
 * Shows the network of a file: one that this page wrote, or `npm start`.
 *
 * @throws {Error} When it is no such file, with what was found.
 */
export async function openModel(file: File): Promise<void> {
  const { architecture, weights } = read(new Uint8Array(await file.arrayBuffer()));
  const network = blankModel(architecture);
  network.loadStateDict(weights);
  if (Object.values(weights).some((weight) => !weight.dataSync().every(Number.isFinite))) throw NOT_NUMBERS;
  await adopt(network, { ...current.value.settings, architecture });
}

function read(bytes: Uint8Array) {
  const state = fromSafetensors(bytes);
  const { architecture, settings, format } = safetensorsMetadata(bytes);
  const told = architecture ?? JSON.stringify(JSON.parse(settings ?? "{}").architecture);
  return {
    architecture: told === undefined ? TWO_BLOCKS : readArchitecture(told), // files of `npm start` say nothing of it
    weights: format === undefined ? state : fromCheckpoint(bytes).model,
  };
}
