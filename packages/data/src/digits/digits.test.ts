import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { digits } from "./digits.js";
import * as data from "./digitsData.js";

/** An image in characters, without its border: dark for ink. */
const draw = (pixels: ArrayLike<number>) =>
  Array.from({ length: 20 }, (_, h) =>
    Array.from({ length: 20 }, (_, w) => " .:-=+*#%@"[Math.round(9 * pixels[(h + 4) * 28 + w + 4])])
      .join("")
      .trimEnd(),
  ).join("\n");

test("the first digit of the test split is a digit to the eye", async () => {
  const { x, y } = (await digits({ split: "test" })).get([0]);
  expect(`${y.item()}\n${draw(x.dataSync())}`).toMatchInlineSnapshot(`
    "5
        .-+#@@@@#+=:
        :-+#@@@%#+-.
        :+#%@%%#*+-.
        -*@@%%#**+-.
       .-*@%%#+==-:.
       .-*%##+-::..
       .-*%#*=:
      .:=#%#*=-:.
      :-+#@#*+=-:
      :-+#%##**+-:..
      .:=*#%%%%#*=-.
      ..-+*#%%%%#*=:
       ..-==++*###+:
         ....:=+*%*:
        ..::.:=+#%*:
        .-=-:-+*#%+:
        :=*+=+*###+:
        :=***##%#*=:
        :=*#%@@%*=-.
        :=*%@@@%*=:."
  `);
});

test.each([
  ["train", 1437],
  ["test", 360],
] as const)("the %s split: %d images of 28×28, from 0 to 1, in ten classes", async (split, length) => {
  const dataset = await digits({ split });
  expect([dataset.name, dataset.length, dataset.xShape, dataset.classes]).toEqual(["digits", length, [1, 28, 28], 10]);
  const { x, y } = dataset.get(Array.from({ length }, (_, i) => i));
  const values = Array.from(x.dataSync()).sort((a, b) => a - b);
  expect([values[0], values[values.length - 1]]).toEqual([0, 1]);
  const counts = new Array(10).fill(0);
  for (const label of y.dataSync()) counts[label]++;
  expect(Math.min(...counts)).toBeGreaterThan(length / 13); // no class is rare
});

test("the embedded data are the files of assets/digits", () => {
  const asset = (name: string) =>
    readFileSync(new URL(`../../assets/digits/${name}`, import.meta.url)).toString("base64");
  expect({ ...data }).toEqual({
    trainImages: asset("train-images-idx3-ubyte.gz"),
    trainLabels: asset("train-labels-idx1-ubyte.gz"),
    testImages: asset("test-images-idx3-ubyte.gz"),
    testLabels: asset("test-labels-idx1-ubyte.gz"),
  });
});

test("errors", async () => {
  await expect(digits({ split: "val" as never })).rejects.toThrowErrorMatchingInlineSnapshot(
    `[RangeError: digits: split must be "train" or "test", got "val".]`,
  );
});
