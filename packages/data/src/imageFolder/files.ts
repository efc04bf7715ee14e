import type { Dirent } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
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
  const classNames = (await entriesOf(directory)).filter(({ isFolder }) => isFolder).map(({ name }) => name);
  if (classNames.length === 0) {
    throw new DataError(
      `imageFolder: ${directory} has no subdirectories, but there must be one for each class. ` +
        `Pass the directory above the classes' own.`,
    );
  }
  const root = await realpath(directory);
  const examples: Example[] = [];
  for (const [label, name] of classNames.entries()) {
    const paths = await imagesBelow(join(directory, name), extensions, [root]);
    if (paths.length === 0) {
      throw new DataError(
        `imageFolder: ${join(directory, name)} has no file that ends in ${extensions.join(", ")}. ` +
          "Remove it, or pass { extensions, decode } for other files.",
      );
    }
    for (const path of paths) examples.push({ path, label });
  }
  return { classNames, examples };
}

/**
 * All images below a directory, sorted.
 *
 * @param above The directories that it is in, where they really are: a link back to one of them is not followed.
 */
async function imagesBelow(
  directory: string,
  extensions: readonly string[],
  above: readonly string[],
): Promise<string[]> {
  const here = await realpath(directory);
  if (above.includes(here)) return [];
  const paths: string[] = [];
  for (const { name, isFolder } of await entriesOf(directory)) {
    const path = join(directory, name);
    if (isFolder) for (const inner of await imagesBelow(path, extensions, [...above, here])) paths.push(inner);
    else if (extensions.some((extension) => name.toLowerCase().endsWith(extension))) paths.push(path);
  }
  return paths;
}

/** What is in a directory, by name. */
interface Entry {
  readonly name: string;
  readonly isFolder: boolean;
}

async function entriesOf(directory: string): Promise<Entry[]> {
  try {
    const entries = await readdir(directory, { withFileTypes: true });
    const listed = entries
      .filter(isShown)
      .map(async (entry) => ({ name: entry.name, isFolder: await isFolder(directory, entry) }));
    return (await Promise.all(listed)).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const what = code === "ENOENT" || code === "ENOTDIR" ? "there is no directory" : `(${code}) no reading of`;
    throw new DataError(`imageFolder: ${what} ${directory}. Pass one that has a subdirectory for each class.`, {
      cause,
    });
  }
}

/** Hidden files are not looked at, nor is what one may wait for without end, such as a pipe. */
function isShown(entry: Dirent): boolean {
  return !entry.name.startsWith(".") && (entry.isFile() || entry.isDirectory() || entry.isSymbolicLink());
}

/** Links are followed; what a broken one is, nobody knows. */
async function isFolder(directory: string, entry: Dirent): Promise<boolean> {
  if (!entry.isSymbolicLink()) return entry.isDirectory();
  return (await stat(join(directory, entry.name)).catch(() => undefined))?.isDirectory() ?? false;
}
