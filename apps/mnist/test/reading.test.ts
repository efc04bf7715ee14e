import { createRandom } from "@conv/core";
import { DataLoader, mnist } from "@conv/data";
import { Adam, evaluate, fit, manualSeed } from "@conv/nn";
import { expect, test } from "vitest";
import { createModel } from "../src/model.js";
import { augment, transform } from "../src/transform.js";
import { rasterise } from "../web/draw/rasterise.js";
import { toInput } from "../web/state.js";
import { byHand, HANDS } from "./hands.js";

/** How many unsteady hands write every digit in every way. */
const UNSTEADY = 10;

test("a network that learned as on the page reads what hands draw", async () => {
  manualSeed(0);
  const model = createModel();
  const [train, unseen] = [await mnist({ source: "digits" }), await mnist({ source: "digits", split: "test" })];
  const loader = new DataLoader(train, {
    batchSize: 32,
    shuffle: true,
    random: createRandom(0).split(),
    transform: augment,
  });
  const optimizer = new Adam(model.parameters(), { lr: 0.003 });
  for await (const _ of fit(model, loader, { optimizer, epochs: 15 }));
  const { accuracy } = await evaluate(model, new DataLoader(unseen, { batchSize: 100, transform }));
  expect(accuracy).toBeGreaterThan(0.96);

  model.eval();
  const read = ({ strokes }: (typeof HANDS)[number]) => {
    const logits = [...model.forward(toInput(rasterise(strokes))).dataSync()];
    return logits.indexOf(Math.max(...logits));
  };
  expect(HANDS.map(read)).toEqual(HANDS.map(({ digit }) => digit));
  const shaken = HANDS.flatMap((hand) => Array.from({ length: UNSTEADY }, (_, seed) => byHand(hand, seed)));
  const right = shaken.filter((hand) => read(hand) === hand.digit).length;
  expect(right / shaken.length).toBeGreaterThan(0.95);
}, 60_000);
