/// <reference path="../storage/module.d.ts" />
import { storage } from "#storage";
import { DataError } from "../errors.js";
import type { SourceFile } from "../images/imageDataset.js";
import type { Split } from "../split.js";
import { type DownloadOptions, download } from "./download.js";
import { FILES, fileOf, type MnistFile, namesOf, type Part, sha256Of } from "./files.js";

/** The two files of a split. */
export type Pair = readonly [images: SourceFile, labels: SourceFile];

/** SHA-256 of files, in hexadecimal. */
export type Digests = Readonly<Partial<Record<MnistFile, string>>>;

/** MNIST from the cache directory; undefined when one of its four files is missing or is not what it should be. */
export async function fromCache(split: Split, directory: string, sha256: Digests): Promise<Pair | undefined> {
  const found = new Map<MnistFile, SourceFile>();
  for (const file of FILES) {
    const cached = await cachedFile(directory, file, sha256[file]);
    if (cached === undefined) return undefined;
    found.set(file, cached);
  }
  return pairOf(split, found);
}

/** MNIST from the cache directory, where files that are missing are downloaded from mirrors to it first. */
export async function fromMirrors(
  split: Split,
  directory: string,
  mirrors: readonly string[],
  sha256: Digests,
  options: DownloadOptions,
): Promise<Pair> {
  const wanted = storage.hasFiles ? FILES : [fileOf(split, "images"), fileOf(split, "labels")];
  const found = new Map<MnistFile, SourceFile>();
  for (const file of wanted) {
    const cached = await cachedFile(directory, file, sha256[file]);
    const addresses = mirrors.map((mirror) => addressOf(mirror, file));
    const source = cached ?? (await download(file, addresses, sha256[file], options));
    if (cached === undefined) await storage.write(directory, file, source.bytes);
    found.set(file, source);
  }
  return pairOf(split, found);
}

/** Two files below a base URL. Nothing is kept: nothing says whether they will be the same tomorrow. */
export function fromUrl(split: Split, base: string, sha256: Digests, options: DownloadOptions): Promise<Pair> {
  return pair((part) => {
    const file = fileOf(split, part);
    const addresses = namesOf(split, part).map((name) => addressOf(base, name));
    return download(file, addresses, sha256[file], options);
  });
}

/**
 * Two files of a directory, gzip'ed or not.
 *
 * @throws {DataError} When the directory or a file is not there.
 */
export async function fromDirectory(split: Split, directory: string): Promise<Pair> {
  if (!(await storage.isDirectory(directory))) {
    throw new DataError(`mnist: there is no directory ${directory}. As source, ${CHOICE}.`);
  }
  return pair(async (part) => {
    const names = namesOf(split, part).flatMap((name) => [name, name.replace(".gz", "")]);
    for (const name of names) {
      const bytes = await storage.read(directory, name);
      if (bytes !== undefined) return { from: `${directory}/${name}`, bytes };
    }
    throw new DataError(`mnist: ${directory} has no file ${names.join(" or ")}. As source, ${CHOICE}.`);
  });
}

const CHOICE = 'pass "auto", "digits", "mnist", a URL, or a directory with the four IDX files';

async function cachedFile(
  directory: string,
  file: MnistFile,
  sha256: string | undefined,
): Promise<SourceFile | undefined> {
  const bytes = await storage.read(directory, file);
  if (bytes === undefined || (await sha256Of(bytes)) !== sha256?.toLowerCase()) return undefined;
  return { from: `${directory}/${file}`, bytes };
}

/** First the images, then the labels: one connection at a time. */
async function pair(fileFor: (part: Part) => Promise<SourceFile>): Promise<Pair> {
  return [await fileFor("images"), await fileFor("labels")];
}

function pairOf(split: Split, found: ReadonlyMap<MnistFile, SourceFile>): Pair {
  return [found.get(fileOf(split, "images")) as SourceFile, found.get(fileOf(split, "labels")) as SourceFile];
}

function addressOf(base: string, name: string): string {
  return base.endsWith("/") ? base + name : `${base}/${name}`;
}
