import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { tensor } from "@conv/core";
import { checkOptions, formatValue, perAxis } from "@conv/core/operators";
import { type AnyDataset, type Batch, checkIndices } from "../dataset.js";
import { DataError } from "../errors.js";
import { checkDecoded, type DecodedImage, planesOf, resized } from "./decoded.js";
import { decodeImage, EXTENSIONS } from "./decodeImage.js";
import { type Example, listClasses } from "./files.js";

/** The options of `imageFolder`. */
export interface ImageFolderOptions {
  /** A subdirectory that has the classes: "train", "test", "val". Default: none, the directory itself has them. */
  readonly split?: string;
  /** What images are resized to, in pixels: one number for a square, or [height, width]. Default: they are left as they are. */
  readonly size?: number | readonly [number, number];
  /** 3: red, green, blue; 1: grey. Files of the other kind are converted. Default: 3. */
  readonly channels?: 1 | 3;
  /** Decodes a file. Default: PNG, JPEG, and binary PGM and PPM. */
  readonly decode?: (bytes: Uint8Array, path: string) => DecodedImage | Promise<DecodedImage>;
  /** The ends of the names of images; capitals do not matter. Default: .png, .jpg, .jpeg, .pgm, .ppm. */
  readonly extensions?: readonly string[];
}

/** A folder of images as a dataset: files are read and decoded when they are asked for. */
export interface ImageFolder extends AnyDataset {
  readonly classes: number;
  readonly classNames: readonly string[];
  /** The file of each example. */
  readonly paths: readonly string[];
  /** @throws {DataError} Naming the file that cannot be read or decoded, or is of another size. */
  get(indices: ArrayLike<number>): Promise<Batch>;
}

/** How many files are read at the same time. */
const AT_ONCE = 16;

/**
 * A directory of images with a subdirectory for each class, as `torchvision.datasets.ImageFolder` reads it: classes are
 * numbered in the order of their names, files below them are taken in the order of theirs. Names that begin with a dot and
 * files with other extensions are passed over.
 *
 * Pixels are from 0 to 1. Alpha is dropped, EXIF orientation is not looked at. Resizing is bilinear and antialiased, to
 * exactly `size`.
 *
 * @param directory A path or a `file:` URL.
 * @returns A dataset with xShape [channels, height, width].
 * @throws {DataError} When the directory is not there, or has no classes, or a class no images.
 */
export async function imageFolder(directory: string | URL, options: ImageFolderOptions = {}): Promise<ImageFolder> {
  checkOptions("imageFolder", options, ["split", "size", "channels", "decode", "extensions"]);
  const { split = ".", channels = 3, decode = decodeImage, extensions = EXTENSIONS } = options;
  if (channels !== 1 && channels !== 3) {
    throw new RangeError(`imageFolder: channels must be 1 or 3, got ${formatValue(channels)}.`);
  }
  const root = pathOf(directory);
  const size = sizeOf(options.size);
  const { classNames, examples } = await listClasses(join(root, split), checkExtensions(extensions));

  /** The planes of one file, and their size. */
  const load = async ({ path }: Example) => {
    const image = await decodeFile(path, decode);
    const inSize = [image.height, image.width] as const;
    const outSize = size ?? inSize;
    return { path, planes: resized(planesOf(image, channels), inSize, outSize), outSize };
  };

  const [height, width] = size ?? (await load(examples[0])).outSize;
  const xShape = [channels, height, width];
  const length = examples.length;
  const get = async (indices: ArrayLike<number>): Promise<Batch> => {
    checkIndices(root, length, indices);
    const wanted = Array.from(indices, (index) => examples[index]);
    const values = new Float32Array(wanted.length * channels * height * width);
    for (let from = 0; from < wanted.length; from += AT_ONCE) {
      const images = await Promise.all(wanted.slice(from, from + AT_ONCE).map(load));
      for (const [i, { path, planes, outSize }] of images.entries()) {
        if (outSize[0] !== height || outSize[1] !== width) {
          throw new DataError(
            `imageFolder: ${path} has ${outSize[0]} × ${outSize[1]} pixels, but ${examples[0].path} has ` +
              `${height} × ${width}. Pass { size: [${height}, ${width}] }, say, to make them equal.`,
          );
        }
        values.set(planes, (from + i) * planes.length);
      }
    }
    const x = tensor(values, [wanted.length, ...xShape]);
    const y = tensor(Int32Array.from(wanted, ({ label }) => label));
    const dispose = () => {
      x.dispose();
      y.dispose();
    };
    return { x, y, dispose };
  };
  const paths = examples.map(({ path }) => path);
  return { name: root, length, xShape, classes: classNames.length, classNames, paths, get };
}

async function decodeFile(path: string, decode: NonNullable<ImageFolderOptions["decode"]>): Promise<DecodedImage> {
  try {
    return checkDecoded(await decode(await readFile(path), path));
  } catch (cause) {
    const { code, message } = Object(cause) as NodeJS.ErrnoException;
    const what = typeof code === "string" ? `cannot be read (${code})` : `cannot be decoded (${message ?? cause})`;
    throw new DataError(`imageFolder: ${path} ${what}. Replace or remove it.`, { cause });
  }
}

function pathOf(directory: string | URL): string {
  if (directory instanceof URL) return fileURLToPath(directory);
  if (typeof directory === "string" && directory !== "") {
    return directory.startsWith("file:") ? fileURLToPath(directory) : directory;
  }
  throw new TypeError(`imageFolder: directory must be a path or a file: URL, got ${formatValue(directory)}.`);
}

function sizeOf(size: ImageFolderOptions["size"]): readonly [number, number] | undefined {
  if (size === undefined) return undefined;
  const [height, width] = perAxis("imageFolder", "size", size, 2, 1);
  return [height, width];
}

function checkExtensions(extensions: readonly string[]): readonly string[] {
  const isList = Array.isArray(extensions) && extensions.length > 0;
  if (isList && extensions.every((end) => typeof end === "string" && end.startsWith("."))) {
    return extensions.map((end) => end.toLowerCase());
  }
  throw new TypeError(
    `imageFolder: extensions must be an array such as [".png", ".jpg"], got ${formatValue(extensions)}.`,
  );
}
