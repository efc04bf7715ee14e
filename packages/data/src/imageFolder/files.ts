import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { DataError } from "../errors.js";

/** One image and its class. */
export interface Example {
  readonly path: string;
  readonly label: number;
}

/** What a folder of classes holds. */
export interface Listing {
  /** The names of its subdirectories, sorted. */
  readonly classNames: readonly string[];
  /** Class by class, each sorted by path. */
  readonly examples: readonly Example[];
}

/**
 * Lists a directory that has a subdirectory for each class. Names that begin with a dot are not looked at, nor are files
 * whose extension is another.
 *
 * @param extensions In lower case, with their dots.
 * @throws {DataError} When it is not there, has no subdirectory, or one without an image.
 */
export async function listClasses(directory: string, extensions: readonly string[]): Promise<Listing> {
  const names = await entriesOf(directory);
  const folders = await Promise.all(names.map((name) => isDirectory(join(directory, name))));
  const classNames = names.filter((_, i) => folders[i]);
  if (classNames.length === 0) {
    throw new DataError(
      `imageFolder: ${directory} has no subdirectories, but there must be one for each class. ` +
        `Pass the directory above the classes' own.`,
    );
  }
  const examples: Example[] = [];
  for (const [label, name] of classNames.entries()) {
    const paths = await imagesBelow(join(directory, name), extensions);
    if (paths.length === 0) {
      throw new DataError(
        `imageFolder: ${join(directory, name)} has no file that ends in ${extensions.join(", ")}. ` +
          "Remove it, or pass { extensions, decode } for other files.",
      );
    }
    examples.push(...paths.map((path) => ({ path, label })));
  }
  return { classNames, examples };
}

/** All images below a directory, sorted. */
async function imagesBelow(directory: string, extensions: readonly string[]): Promise<string[]> {
  const paths: string[] = [];
  for (const name of await entriesOf(directory)) {
    const path = join(directory, name);
    if (await isDirectory(path)) paths.push(...(await imagesBelow(path, extensions)));
    else if (extensions.some((extension) => name.toLowerCase().endsWith(extension))) paths.push(path);
  }
  return paths;
}

async function entriesOf(directory: string): Promise<string[]> {
  try {
    return (await readdir(directory)).filter((name) => !name.startsWith(".")).sort();
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const what = code === "ENOENT" || code === "ENOTDIR" ? "there is no directory" : `(${code}) no reading of`;
    throw new DataError(`imageFolder: ${what} ${directory}. Pass one that has a subdirectory for each class.`, {
      cause,
    });
  }
}

/** Links are followed; what a broken one is, nobody knows. */
async function isDirectory(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}
