import { createRandom, tensor } from "@conv/core";
import { checkInteger, checkNumber, checkOptions, formatValue } from "@conv/core/operators";
import { type Batch, checkIndices, type Dataset } from "../dataset.js";
import { checkSplit, type Split } from "../split.js";
import { childOf, unit } from "../transforms/random.js";
import { drawShape, SHAPES, type ShapeName } from "./drawShape.js";

/** The options of `shapes`. */
export interface ShapesOptions {
  /** Number of images. Default: 1000. */
  readonly length?: number;
  /** Height and width of an image in pixels, at least 8. Default: 28. */
  readonly size?: number;
  /** One seed, one set. Default: 0. */
  readonly seed?: number;
  /** "train" and "test" are other images of the same kind. Default: "train". */
  readonly split?: Split;
  /** Which shapes, in the order of their labels. Default: circle, square, triangle, cross. */
  readonly classes?: readonly ShapeName[];
  /** Standard deviation of the noise in every pixel. Default: 0.1. */
  readonly noise?: number;
}

/** A dataset whose classes have names. */
export interface ShapesDataset extends Dataset {
  readonly classNames: readonly ShapeName[];
}

const ALL: readonly ShapeName[] = ["circle", "square", "triangle", "cross"];
const OPTIONS = ["length", "size", "seed", "split", "classes", "noise"];

/**
 * A synthetic set for tests and demonstrations: one filled shape in each image, of random kind, place, size (radius a quarter
 * to two fifths of the image), angle and brightness (0.6 to 1), in noise. Images are drawn when they are asked for, and image
 * i is the same however it is asked for, and whatever `length` is.
 *
 * @returns A dataset with xShape [1, size, size], pixels about 0 to 1.
 * @throws {RangeError} When a number is out of range, or a class is none of those.
 * @example
 * shapes({ length: 100 }).classNames; // ["circle", "square", "triangle", "cross"]
 */
export function shapes(options: ShapesOptions = {}): ShapesDataset {
  checkOptions("shapes", options, OPTIONS);
  const { length = 1000, size = 28, seed = 0, classes = ALL, noise = 0.1 } = options;
  checkInteger("shapes", "length", length, 0);
  checkInteger("shapes", "size", size, 8);
  const split = checkSplit("shapes", options.split ?? "train");
  const classNames = checkClasses(classes);
  if (!(checkNumber("shapes", "noise", noise) >= 0 && noise < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`shapes: noise must be at least 0, got ${noise}.`);
  }
  const root = childOf(createRandom(seed), split === "train" ? 0 : 1);

  /** Draws image `index` and returns its label. */
  const draw = (pixels: Float32Array, index: number): number => {
    const random = childOf(root, index);
    const between = (low: number, high: number) => low + (high - low) * unit(random);
    const label = random.integer(classNames.length);
    const radius = between(0.25, 0.4) * size;
    const [x, y] = [between(radius, size - radius), between(radius, size - radius)];
    const [angle, brightness] = [between(0, 2 * Math.PI), between(0.6, 1)];
    if (noise > 0) {
      const grain = random.normal([size * size], { std: noise });
      pixels.set(grain.dataSync());
      grain.dispose();
    }
    drawShape(pixels, size, classNames[label], { x, y, radius, angle }, brightness);
    return label;
  };

  const get = (indices: ArrayLike<number>): Batch => {
    checkIndices("shapes", length, indices);
    const x = new Float32Array(indices.length * size * size);
    const y = Int32Array.from(indices, (index, n) => draw(x.subarray(n * size * size, (n + 1) * size * size), index));
    return { x: tensor(x, [indices.length, 1, size, size]), y: tensor(y) };
  };
  return { name: "shapes", length, xShape: [1, size, size], classes: classNames.length, classNames, get };
}

function checkClasses(classes: readonly ShapeName[]): readonly ShapeName[] {
  const isList = Array.isArray(classes) && classes.length > 0 && new Set(classes).size === classes.length;
  if (isList && classes.every((name) => Object.hasOwn(SHAPES, name))) return [...classes];
  throw new RangeError(
    `shapes: classes must be some of ${ALL.map(formatValue).join(", ")}, got ${formatValue(classes)}.`,
  );
}
