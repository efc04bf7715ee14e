import { createRandom, matmul, tensor } from "@conv/core";
import { expect, test } from "vitest";
import { figureOf, type Grid } from "./figure.js";
import { filtersOf } from "./filters.js";
import { sampleFor, someSettings } from "./samples.js";

const matrix = ({ values, rows, columns }: Grid) => tensor(values, [rows, columns], { dtype: "float64" });

test("W · X̂ᵀ is the output, for every combination of switches drawn", () => {
  const random = createRandom(5);
  for (const settings of someSettings(100, random)) {
    const { image, kernel } = sampleFor(settings, random);
    const figure = figureOf(settings, image, kernel);
    const filters = filtersOf(figure);
    expect(filters === undefined).toBe(settings.operation === "max" || settings.operation === "l2");
    if (filters === undefined) continue;
    const y = matmul(matrix(filters), matrix(figure.patches)).dataSync();
    for (let i = 0; i < y.length; i++) expect(y[i], JSON.stringify(settings)).toBeCloseTo(figure.output.values[i], 9);
  }
});
