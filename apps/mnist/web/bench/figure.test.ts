import { conv2d, createRandom, matmul, reshape, tensor } from "@conv/core";
import { describe, expect, test } from "vitest";
import { adjointOf, flippedPlane, sentBack } from "./adjoint.js";
import { countsOf } from "./counts.js";
import { convOptionsOf, type Figure, figureOf } from "./figure.js";
import { startingPlane } from "./images.js";
import { sampleFor, someSettings } from "./samples.js";
import { DEFAULTS, kernelShapeOf, kernelSizeOf, type Settings, SIDE } from "./settings.js";
import { outputsOf, windowAt } from "./window.js";

const random = createRandom(11);
const dot = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((sum, value, i) => sum + value * b[i], 0);

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, digits: number, settings: Settings): void {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < actual.length; i++) expect(actual[i], JSON.stringify(settings)).toBeCloseTo(expected[i], digits);
}

/** What stands at a place of the image or beyond its edge, written out. Undefined: nothing, for a maximum. */
function pixelAt({ mode, operation }: Settings, plane: Float64Array, row: number, column: number): number | undefined {
  const isInside = Math.min(row, column) >= 0 && Math.max(row, column) < SIDE;
  if (isInside) return plane[row * SIDE + column];
  if (operation === "max") return undefined;
  const wrap = (at: number) => (at + SIDE) % SIDE;
  const mirror = (at: number) => (at < 0 ? -at : at >= SIDE ? 2 * SIDE - 2 - at : at);
  const clip = (at: number) => Math.min(SIDE - 1, Math.max(0, at));
  switch (mode) {
    case "circular":
      return plane[wrap(row) * SIDE + wrap(column)];
    case "reflect":
      return plane[mirror(row) * SIDE + mirror(column)];
    case "replicate":
      return plane[clip(row) * SIDE + clip(column)];
    case "mean":
      return plane.reduce((sum, value) => sum + value, 0) / plane.length;
    default:
      return 0;
  }
}

/** An output, written out as a sum over channels, rows and columns. */
function outputAt(
  settings: Settings,
  image: Float64Array,
  kernel: Float64Array,
  o: number,
  i: number,
  j: number,
): number {
  const { operation, stride, padding, dilation, channels, groups } = settings;
  const [rows, columns] = kernelSizeOf(settings);
  const seen = channels / groups;
  const isConv = operation === "conv";
  const first = isConv ? (groups === 2 ? o : 0) : o;
  let [sum, most] = [0, Number.NEGATIVE_INFINITY];
  for (let c = 0; c < (isConv ? seen : 1); c++)
    for (let p = 0; p < rows; p++)
      for (let q = 0; q < columns; q++) {
        const plane = image.subarray((first + c) * SIDE * SIDE, (first + c + 1) * SIDE * SIDE);
        const x = pixelAt(settings, plane, i * stride + p * dilation - padding, j * stride + q * dilation - padding);
        most = Math.max(most, x ?? most);
        const value = x ?? 0;
        if (isConv) sum += value * kernel[((o * seen + c) * rows + p) * columns + q];
        else if (operation === "average") sum += value / (rows * columns);
        else sum += value * value;
      }
  if (operation === "max") return most;
  return operation === "l2" ? Math.sqrt(sum) : sum;
}

const samples = someSettings(150, random).map((settings) => {
  const { image, kernel } = sampleFor(settings, random);
  return { settings, image, kernel, figure: figureOf(settings, image, kernel) };
});
const isLinear = ({ operation }: Settings) => operation === "conv" || operation === "average";
const randomOutput = (figure: Figure) =>
  Float64Array.from(random.normal([outputsOf(figure)], { dtype: "float64" }).dataSync());

describe("the figure", () => {
  test("the output is the sum written out, for every combination of switches drawn", () => {
    for (const { settings, image, kernel, figure } of samples) {
      const { values, channels, rows, columns } = figure.output;
      for (let o = 0; o < channels; o++)
        for (let i = 0; i < rows; i++)
          for (let j = 0; j < columns; j++)
            expect(values[(o * rows + i) * columns + j], JSON.stringify(settings)).toBeCloseTo(
              outputAt(settings, image, kernel, o, i, j),
              10,
            );
    }
  });

  test("every window sees the pixels of the padded image, and its terms make the output", () => {
    for (const { settings, image, figure } of samples) {
      for (let index = 0; index < outputsOf(figure); index += 5) {
        const { taps, total } = windowAt(figure, index);
        const terms = taps.map(({ term }) => term);
        const sum = terms.reduce((all, term) => all + term, 0);
        const made = { conv: sum, average: sum, max: Math.max(...terms), l2: Math.sqrt(sum) }[settings.operation];
        expect(made, JSON.stringify(settings)).toBeCloseTo(total, 10);
        for (const { channel, row, column, value, isPadding } of taps) {
          const { rows, columns, values } = figure.padded;
          expect(values[(channel * rows + row) * columns + column]).toBe(value);
          const plane = image.subarray(channel * SIDE * SIDE, (channel + 1) * SIDE * SIDE);
          const [y, x] = [row - settings.padding, column - settings.padding];
          expect(isPadding).toBe(Math.min(x, y) < 0 || Math.max(x, y) >= SIDE);
          expect(value).toBeCloseTo(pixelAt(settings, plane, y, x) ?? Number.NEGATIVE_INFINITY, 10);
        }
        if (settings.operation === "max") {
          const chosen = taps.filter(({ isChosen }) => isChosen);
          expect(chosen.map(({ value }) => value)).toEqual([total]);
        }
      }
    }
  });

  test("with groups, an output sees its own group only", () => {
    for (const { settings, figure } of samples) {
      if (settings.groups === 1) continue;
      const { taps, channel } = windowAt(figure, outputsOf(figure) - 1);
      expect(channel).toBe(1);
      expect(taps.every((tap) => tap.channel === 1)).toBe(true);
    }
  });

  test("Ŵ x is the output where the map is linear; a maximum too, at its own image", () => {
    for (const { settings, image, figure } of samples) {
      const { values, rows, columns } = figure.matrix;
      expect([rows, columns]).toEqual([outputsOf(figure), image.length]);
      const y = matmul(
        tensor(values, [rows, columns], { dtype: "float64" }),
        tensor(image, [columns, 1], { dtype: "float64" }),
      ).dataSync();
      expectClose(y, figure.output.values, 9, settings);
    }
  });

  test("W X̂ᵀ is the output of every group", () => {
    for (const { settings, kernel, figure } of samples) {
      if (settings.operation !== "conv") continue;
      const { patches, output } = figure;
      const height = patches.rows / settings.groups;
      for (let o = 0; o < output.channels; o++) {
        const firstRow = settings.groups === 2 ? o * height : 0;
        for (let l = 0; l < patches.columns; l++) {
          const column = Array.from({ length: height }, (_, k) => patches.values[(firstRow + k) * patches.columns + l]);
          const expected = output.values[o * patches.columns + l];
          expect(dot(kernel.subarray(o * height, (o + 1) * height), column)).toBeCloseTo(expected, 9);
        }
      }
    }
  });
});

describe("the adjoint", () => {
  test("⟨Ŵ x, y⟩ = ⟨x, Ŵᵀ y⟩ and ⟨X̂ w, y⟩ = ⟨w, X̂ᵀ y⟩ for every combination of switches drawn", () => {
    for (const { settings, image, kernel, figure } of samples) {
      const y = randomOutput(figure);
      const { image: gradX, kernel: gradW } = adjointOf(figure, image, y);
      const product = dot(figure.output.values, y);
      // A maximum and a norm are homogeneous: at their own image the derivative gives the output, so that it holds for them too.
      expect(dot(image, gradX), JSON.stringify(settings)).toBeCloseTo(product, 8);
      if (settings.operation === "conv") expect(dot(kernel, gradW ?? [])).toBeCloseTo(product, 8);
      else expect(gradW).toBeUndefined();
    }
  });

  test("for linear maps it holds between any image and any gradient", () => {
    for (const { settings, kernel, figure } of samples.filter(({ settings }) => isLinear(settings))) {
      const other = sampleFor(settings, random).image;
      const y = randomOutput(figure);
      const product = dot(figureOf(settings, other, kernel).output.values, y);
      expect(dot(other, adjointOf(figure, other, y).image)).toBeCloseTo(product, 8);
    }
  });

  test("the unit of an output brings back its row of Ŵ", () => {
    for (const { image, figure } of samples) {
      const index = random.integer(outputsOf(figure));
      const { columns, values } = figure.matrix;
      const row = values.slice(index * columns, (index + 1) * columns);
      const sent = adjointOf(figure, image, sentBack(figure, "one", index)).image;
      expectClose(sent, row, 12, figure.settings);
    }
  });

  test("at stride 1 Ŵᵀ is a convolution with the kernel turned by half a turn", () => {
    const settings: Settings = { ...DEFAULTS, preset: "random", padding: 1 };
    const { image, kernel } = sampleFor(settings, random);
    const figure = figureOf(settings, image, kernel);
    const y = randomOutput(figure);
    const turned = tensor(flippedPlane(figure, 0).values, [1, 1, 3, 3], { dtype: "float64" });
    const slid = conv2d(tensor(y, [1, 1, 8, 8], { dtype: "float64" }), turned, { padding: 1 }).dataSync();
    expectClose(adjointOf(figure, image, y).image, slid, 12, settings);
  });
});

describe("the read-outs", () => {
  test("sizes, parameters, products and nonzeros are what they say", () => {
    for (const { settings, kernel, figure } of samples) {
      const counts = countsOf(figure);
      const { channels, rows, columns } = figure.output;
      expect(counts.outShape).toEqual([channels, rows, columns]);
      expect(counts.formulas[0].endsWith(`= ${rows}`) && counts.formulas[1].endsWith(`= ${columns}`)).toBe(true);
      expect(counts.nonzeros).toBe(figure.matrix.values.filter((value) => value !== 0).length);
      const reach = kernelSizeOf(settings).map((length) => settings.dilation * (length - 1) + 1);
      expect(counts.receptiveField).toEqual(reach);
      const isConv = settings.operation === "conv";
      expect(counts.parameters).toBe(isConv ? kernel.length : 0);
      expect(counts.macs).toBe(isConv ? kernel.length * rows * columns : 0);
    }
  });

  test("a single pixel answers with the kernel turned by half a turn: the impulse response", () => {
    const kernel = Float64Array.from([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    const { output } = figureOf({ ...DEFAULTS, preset: "own" }, startingPlane("impulse", 0), kernel);
    const around = [3, 4, 5].flatMap((row) => [2, 3, 4].map((column) => output.values[row * 8 + column]));
    expect(around).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1]);
  });

  test("float32, as the network computes, gives the same", () => {
    for (const { settings, image, kernel, figure } of samples.filter(({ settings }) => settings.operation === "conv")) {
      const x = reshape(tensor(image), [1, settings.channels, SIDE, SIDE]);
      const y = conv2d(x, reshape(tensor(kernel), kernelShapeOf(settings)), convOptionsOf(settings)).dataSync();
      expectClose(y, figure.output.values, 4, settings);
    }
  });
});
