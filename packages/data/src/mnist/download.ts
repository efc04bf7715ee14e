import { DataError } from "../errors.js";
import type { SourceFile } from "../images/imageDataset.js";
import { sha256Of } from "./files.js";
import { Failure, type ReceiveOptions, receive } from "./receive.js";

/** The options of `download`. */
export interface DownloadOptions extends ReceiveOptions {
  /** How many more times all addresses are tried when none has delivered. */
  readonly retries: number;
  /** Pause before the first of these times, in milliseconds; it doubles from one to the next. */
  readonly retryDelay: number;
  /** Who downloads, as the beginning of an error. Default: "mnist". */
  readonly operator?: string;
  /** What to do where there is no network, as the end of an error. Default: what `mnist` offers. */
  readonly advice?: string;
}

/**
 * One file from the first address that delivers it. An address that fails leaves the turn to the next; when all have,
 * those that might do better (no connection, broken off, stalled, 5xx) are asked again.
 *
 * @param sha256 What the bytes must be, in hexadecimal; undefined for anything.
 * @throws {DataError} When no address delivers, saying why each did not.
 * @throws The reason of the signal, when it aborts.
 */
export async function download(
  file: string,
  addresses: readonly string[],
  sha256: string | undefined,
  options: DownloadOptions,
): Promise<SourceFile> {
  const { operator = "mnist", advice = OFFLINE } = options;
  const failures = new Map<string, Failure>();
  for (let round = 0; round <= options.retries; round++) {
    const hopeful = addresses.filter((address) => failures.get(address)?.isFinal !== true);
    if (hopeful.length === 0) break;
    if (round > 0) await pause(options.retryDelay * 2 ** (round - 1), options.signal);
    for (const address of hopeful) {
      try {
        const bytes = await receive(address, file, options);
        if (sha256 !== undefined) await checkSha256(bytes, sha256);
        return { from: address, bytes };
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        failures.set(address, error);
      }
    }
  }
  const reasons = Array.from(failures, ([address, { message }]) => `${address}: ${message}`).join("; ");
  throw new DataError(`${operator}: ${file} could not be downloaded (${reasons}); ${advice}.`);
}

const OFFLINE =
  'to work without a network, pass source: "digits" for the embedded digits, or a directory with the four IDX files';

async function checkSha256(bytes: Uint8Array, expected: string): Promise<void> {
  const found = await sha256Of(bytes);
  if (found === expected.toLowerCase()) return;
  throw new Failure(`it sent other bytes, with SHA-256 ${found.slice(0, 8)}…, not ${expected.slice(0, 8)}…`, true);
}

/** Waits, unless the signal aborts first. */
function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", abort);
      resolve();
    }, milliseconds);
    if (signal?.aborted) abort();
    else signal?.addEventListener("abort", abort, { once: true });
  });
}
