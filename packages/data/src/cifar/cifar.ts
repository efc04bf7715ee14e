/// <reference path="../storage/module.d.ts" />
import { checkInteger, checkOptions, formatValue } from "@conv/core/operators";
import { storage } from "#storage";
import { arrayDataset, type Dataset, labelColumn } from "../dataset.js";
import { DataError } from "../errors.js";
import { isGzip, unpack } from "../idx/gzip.js";
import { download } from "../mnist/download.js";
import { sha256Of } from "../mnist/files.js";
import type { Progress } from "../mnist/receive.js";
import { checkSplit, type Split } from "../split.js";
import { CIFAR10, CIFAR100, type CifarFormat, type CifarLabels, labelIndex, parseCifar } from "./readCifar.js";
import { readTar } from "./tar.js";

/** The options of `cifar10`. */
export interface CifarOptions {
  /**
   * A directory with the .bin files, with the archive (cifar-10-binary.tar.gz) or with what it unpacks to; the archive
   * itself; or a URL of it, or of where it is served.
   */
  readonly source: string | URL;
  /** "train" has 50 000 images, "test" 10 000. Default: "train". */
  readonly split?: Split;
  /** SHA-256 of the archive in hexadecimal. Default: it is not checked; its structure always is. */
  readonly sha256?: string;
  /** How long a connection may be silent before it is given up, in milliseconds. Default: 30 000. */
  readonly timeout?: number;
  /** How many more times the URL is asked. Default: 2. */
  readonly retries?: number;
  /** Pause before the first of these times, in milliseconds; it doubles from one to the next. Default: 500. */
  readonly retryDelay?: number;
  /** Called when the download begins and whenever bytes arrive. */
  readonly onProgress?: (progress: Progress) => void;
  /** Aborts the download. */
  readonly signal?: AbortSignal;
}

/** The options of `cifar100`. */
export interface Cifar100Options extends CifarOptions {
  /** 100 "fine" classes or 20 "coarse" ones. Default: "fine". */
  readonly labels?: CifarLabels;
}

const OPTIONS = ["source", "split", "sha256", "timeout", "retries", "retryDelay", "onProgress", "signal"];
const NAMES_10 = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];

/**
 * CIFAR-10, the binary version: colour images of 32 × 32 pixels in ten classes. Nothing is downloaded but from the URL that
 * is passed, and what is downloaded is not kept.
 *
 * @returns A dataset with xShape [3, 32, 32], pixels from 0 to 1.
 * @throws {DataError} When files are missing, damaged, of the Python version, or cannot be downloaded.
 * @see A. Krizhevsky, "Learning multiple layers of features from tiny images" (2009).
 */
export async function cifar10(options: CifarOptions): Promise<Dataset> {
  checkOptions("cifar10", options ?? {}, OPTIONS);
  const split = checkSplit("cifar10", options?.split ?? "train");
  const files = split === "train" ? [1, 2, 3, 4, 5].map((i) => `data_batch_${i}.bin`) : ["test_batch.bin"];
  const dataset = await open("cifar10", options, CIFAR10, "cifar-10-batches-bin", files, 0);
  return { ...dataset, classNames: NAMES_10 };
}

/**
 * CIFAR-100, the binary version: as `cifar10`, in 100 classes or 20.
 *
 * @throws {DataError} As `cifar10`.
 */
export async function cifar100(options: Cifar100Options): Promise<Dataset> {
  checkOptions("cifar100", options ?? {}, [...OPTIONS, "labels"]);
  const split = checkSplit("cifar100", options?.split ?? "train");
  const which = labelIndex("cifar100", options?.labels);
  return open("cifar100", options, CIFAR100, "cifar-100-binary", [`${split}.bin`], which);
}

/** What a file is called in errors, and its bytes. */
interface Found {
  readonly subject: string;
  readonly bytes: Uint8Array;
}

async function open(
  operator: string,
  options: CifarOptions,
  format: CifarFormat,
  folder: string,
  names: readonly string[],
  which: number,
): Promise<Dataset> {
  const source = checkSource(operator, format, options?.source);
  const found =
    /^https?:\/\//i.test(source) || !storage.hasFiles
      ? await fromUrl(operator, source, options, format, names)
      : await fromFiles(operator, storage.pathOf(source), options, format, folder, names);
  const { pixels, labels } = parseCifar(
    found.map(({ bytes }) => bytes),
    found.map(({ subject }) => subject),
    format,
    which,
  );
  const x = { values: pixels, shape: [3, 32, 32], unit: 255 };
  return arrayDataset(operator, labels.length, format.labels[which], x, labelColumn(labels));
}

async function fromUrl(
  operator: string,
  source: string,
  options: CifarOptions,
  { archive }: CifarFormat,
  names: readonly string[],
): Promise<Found[]> {
  const { timeout = 30_000, retries = 2, retryDelay = 500, sha256, signal, onProgress } = options;
  checkInteger(operator, "timeout", timeout, 1);
  checkInteger(operator, "retries", retries, 0);
  checkInteger(operator, "retryDelay", retryDelay, 0);
  const address = isArchive(source) ? source : `${source}${source.endsWith("/") ? "" : "/"}${archive}`;
  const advice = `to work without a network, pass a directory with ${archive}`;
  const network = { timeout, retries, retryDelay, signal, onProgress, operator, advice };
  const { bytes } = await download(archive, [address], sha256, network);
  return unpackArchive(`${operator}: ${address}`, bytes, names);
}

async function fromFiles(
  operator: string,
  path: string,
  { sha256 }: CifarOptions,
  { archive }: CifarFormat,
  folder: string,
  names: readonly string[],
): Promise<Found[]> {
  const open = async (directory: string, name: string): Promise<Found | undefined> => {
    const bytes = await storage.read(directory, name, operator);
    return bytes && { subject: `${operator}: ${[directory, name].filter(Boolean).join("/")}`, bytes };
  };
  const isDirectory = await storage.isDirectory(path);
  for (const directory of isDirectory ? [path, `${path}/${folder}`] : []) {
    const files = await Promise.all(names.map((name) => open(directory, name)));
    const missing = names.filter((_, i) => files[i] === undefined);
    if (missing.length === 0) return files.filter((file) => file !== undefined);
    if (missing.length < names.length) {
      throw new DataError(`${operator}: ${directory} has no file ${missing.join(" or ")}. Get the whole set again.`);
    }
  }
  const packed = isDirectory ? await open(path, archive) : isArchive(path) ? await open(path, "") : undefined;
  if (packed === undefined) {
    throw new DataError(
      `${operator}: there is no ${isDirectory ? `${names[0]} or ${archive} in ` : "directory "}${path}. ` +
        `As source, pass a directory with the .bin files or ${archive}, or a URL of it; the Python version is not read.`,
    );
  }
  if (sha256 !== undefined) {
    const digest = await sha256Of(packed.bytes, operator, "leave sha256 out");
    if (digest !== sha256.toLowerCase()) {
      throw new DataError(`${packed.subject} has the SHA-256 ${digest}, not ${sha256}. Get the whole file again.`);
    }
  }
  return unpackArchive(packed.subject, packed.bytes, names);
}

/** The files of these names in a tar archive, gzip'ed or not, wherever they are in it. */
async function unpackArchive(subject: string, bytes: Uint8Array, names: readonly string[]): Promise<Found[]> {
  const files = readTar(isGzip(bytes) ? await unpack(bytes, subject) : bytes, subject);
  return names.map((name) => {
    const path = [...files.keys()].find((each) => each === name || each.endsWith(`/${name}`));
    const file = path === undefined ? undefined : files.get(path);
    if (file === undefined) {
      throw new DataError(`${subject} has no file ${name}. Take the binary version of the set.`);
    }
    return { subject: `${subject}: ${path}`, bytes: file };
  });
}

function isArchive(source: string): boolean {
  return /\.(tar\.gz|tgz|tar)$/i.test(source);
}

function checkSource(operator: string, { archive }: CifarFormat, source: string | URL): string {
  if (source instanceof URL) return source.href;
  if (typeof source === "string" && source !== "") return source;
  throw new TypeError(
    `${operator}: source must be a directory, a URL or the path of ${archive}, got ${formatValue(source)}.`,
  );
}
