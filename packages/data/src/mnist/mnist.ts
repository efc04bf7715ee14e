/// <reference path="../storage/module.d.ts" />
import { checkInteger, checkOptions, formatValue } from "@conv/core/operators";
import { storage } from "#storage";
import type { Dataset } from "../dataset.js";
import { imageDataset } from "../images/imageDataset.js";
import { checkSplit, type Split } from "../split.js";
import { FILES, MIRRORS, type MnistFile, SHA256 } from "./files.js";
import type { Progress } from "./receive.js";
import { fromCache, fromDirectory, fromMirrors, fromUrl } from "./sources.js";

/** The options of `mnist`. */
export interface MnistOptions {
  /** Where the images come from: "auto", "digits", "mnist", a URL or a directory. Default: "auto". */
  readonly source?: string | URL;
  /** Which part. Default: "train". */
  readonly split?: Split;
  /** Base URLs that serve the four files, for "mnist". They are asked in this order. */
  readonly mirrors?: readonly string[];
  /** Node: where "mnist" keeps its files. Default: `CONV_DATA_DIR`, else conv/mnist in the user's cache directory. */
  readonly cacheDir?: string;
  /** SHA-256 of files, in hexadecimal, by name. Default: those of MNIST; for a URL none. */
  readonly sha256?: Readonly<Partial<Record<MnistFile, string>>>;
  /** How long a connection may be silent before it is given up, in milliseconds. Default: 30 000. */
  readonly timeout?: number;
  /** How many more times the mirrors are asked when none has delivered. Default: 2. */
  readonly retries?: number;
  /** Pause before the first of these times, in milliseconds; it doubles from one to the next. Default: 500. */
  readonly retryDelay?: number;
  /** Called when a download begins and whenever bytes arrive. */
  readonly onProgress?: (progress: Progress) => void;
  /** Aborts the download. */
  readonly signal?: AbortSignal;
}

const SOURCE_OPTIONS = ["source", "split", "mirrors", "cacheDir", "sha256"];
const NETWORK_OPTIONS = ["timeout", "retries", "retryDelay", "onProgress", "signal"];

/**
 * Images of handwritten digits with their labels: MNIST, or what stands in for it. By source:
 *
 * - "digits": 1797 digits embedded in the package, enlarged to 28×28 (see `digits` in "@conv/data/digits").
 * - "mnist": the 70 000 digits of MNIST: from the cache directory, downloaded to it (12 MB) when they are not there.
 *   Each file is checked by its SHA-256. Where there is a cache, both splits are fetched at once.
 * - "auto": MNIST when the cache directory has all of it, else "digits". Never touches the network.
 * - a URL ("https://…/", in browsers also "./data/"): the base of such files, .gz. They are not cached; `sha256` is
 *   checked where given, the structure always.
 * - a directory (Node; a path or a `file:` URL) with such files, .gz or not.
 *
 * The files are named as in MNIST, train-images-idx3-ubyte.gz and so on; in a directory or at a URL the test split may
 * be called "test" instead of "t10k". Images of 8×8 pixels are enlarged to 28×28 as those of "digits" are; all others
 * keep their size.
 *
 * @returns A dataset with xShape [1, 28, 28] (or [1, H, W]), pixels from 0 to 1, and 10 classes (more if labels say so).
 * @throws {DataError} When files are missing or damaged, or cannot be downloaded.
 * @throws {ShapeError} When there are not as many labels as images.
 * @see Y. LeCun, L. Bottou, Y. Bengio and P. Haffner, "Gradient-based learning applied to document recognition" (1998).
 */
export async function mnist(options: MnistOptions = {}): Promise<Dataset> {
  checkOptions("mnist", options, [...SOURCE_OPTIONS, ...NETWORK_OPTIONS]);
  const { mirrors = MIRRORS, cacheDir = storage.cacheDirectory(), sha256 = {}, signal, onProgress } = options;
  const source = checkSource(options.source ?? "auto");
  const split = checkSplit("mnist", options.split ?? "train");
  const timeout = checkInteger("mnist", "timeout", options.timeout ?? 30_000, 1);
  const retries = checkInteger("mnist", "retries", options.retries ?? 2, 0);
  const retryDelay = checkInteger("mnist", "retryDelay", options.retryDelay ?? 500, 0);
  checkOptions("mnist", sha256, FILES);
  if (mirrors.length === 0)
    throw new RangeError("mnist: mirrors is empty. Pass at least one base URL, or leave it out.");
  const network = { timeout, retries, retryDelay, signal, onProgress };

  if (source === "digits") return embeddedDigits(split);
  if (source === "auto") {
    const cached = await fromCache(split, cacheDir, { ...SHA256, ...sha256 });
    return cached === undefined ? embeddedDigits(split) : imageDataset("mnist", ...cached);
  }
  if (source === "mnist") {
    return imageDataset("mnist", ...(await fromMirrors(split, cacheDir, mirrors, { ...SHA256, ...sha256 }, network)));
  }
  if (isUrl(source)) return imageDataset(source, ...(await fromUrl(split, source, sha256, network)));
  return imageDataset(source, ...(await fromDirectory(split, storage.pathOf(source))));
}

/** Imported when asked for: who reads their own files does not load the embedded ones. */
async function embeddedDigits(split: Split): Promise<Dataset> {
  const { digits } = await import("../digits/digits.js");
  return digits({ split });
}

function checkSource(source: string | URL): string {
  if (source instanceof URL) return source.href;
  if (typeof source === "string" && source !== "") return source;
  throw new TypeError(
    `mnist: source must be "auto", "digits", "mnist", a URL or a directory, got ${formatValue(source)}.`,
  );
}

/** Where there are no files, a path is an address relative to the page. */
function isUrl(source: string): boolean {
  return /^https?:\/\//i.test(source) || !storage.hasFiles;
}
