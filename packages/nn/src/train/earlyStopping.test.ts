import { mul } from "@conv/core";
import { describe, expect, test } from "vitest";
import { clouds, network, stepsOf } from "../../test/runs.js";
import { toyLoader } from "../../test/toyLoader.js";
import {
  type Callback,
  type EarlyStoppingOptions,
  earlyStopping,
  type FitStep,
  fit,
  fromCheckpoint,
  type Metrics,
  restore,
  SGD,
  toCheckpoint,
} from "../index.js";

const { rows, labels } = clouds(10, 1);
const loader = () => toyLoader(rows, labels, { batchSize: 4 });
const start = (lr = 0.1) => {
  const model = network(1);
  return { model, optimizer: new SGD(model.parameters(), { lr }) };
};
const numbers = ({ model }: ReturnType<typeof start>) => model.parameters().map((p) => [...p.dataSync()]);

/** After which of these metrics it stops; each is that of an epoch. */
function stopsAfter(options: EarlyStoppingOptions, metrics: readonly Partial<Metrics>[]): number | undefined {
  const callback = earlyStopping(options);
  const run = { ...start(), position: { epoch: 0, step: 0 } };
  const at = metrics.findIndex((training) => callback.step({ training } as FitStep, run) === "stop");
  return at < 0 ? undefined : at + 1;
}
const losses = (...values: number[]) => values.map((loss) => ({ loss }));

describe("earlyStopping", () => {
  test("by hand: with patience 2 it stops after two epochs that are no better than the best", () => {
    expect(stopsAfter({ patience: 2 }, losses(5, 4, 4, 3, 3.5, 3))).toBe(6);
    expect(stopsAfter({ patience: 2 }, losses(5, 4, 4, 3, 3.5))).toBeUndefined();
    expect(stopsAfter({}, losses(1, 1, 1, 1))).toBe(4); // 3 by default
  });

  test("an accuracy should rise; minDelta is how much counts; NaN and infinity do not", () => {
    const accuracies = [0.5, 0.6, 0.6].map((accuracy) => ({ accuracy }));
    expect(stopsAfter({ patience: 1, monitor: "accuracy" }, accuracies)).toBe(3);
    expect(stopsAfter({ patience: 1, minDelta: 0.5 }, losses(5, 4, 3.6))).toBe(3);
    expect(stopsAfter({ patience: 2 }, losses(Number.NaN, Number.POSITIVE_INFINITY))).toBe(2);
    expect(() => stopsAfter({ monitor: "accuracy" }, [{ accuracy: Number.NaN }])).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: earlyStopping: there is no accuracy, since the targets are no labels. Use { monitor: "loss" }.]`,
    );
  });

  test("in fit it looks at the last step of each epoch, and at the validation if there is one", async () => {
    const { model, optimizer } = start(0);
    const callback = earlyStopping({ patience: 1 });
    const run = fit(model, loader(), { optimizer, epochs: 9, validate: loader(), callbacks: [callback] });
    const steps = await stepsOf(run);
    expect([steps.length, run.ended, callback.best]).toEqual([6, "stopped", steps[2].validation?.loss]);
  });

  test("restoreBest gives the model the weights of its best epoch, in a resumed run too", async () => {
    const train = async (stopAt: number | undefined) => {
      const run = start(0.5);
      const callback = earlyStopping({ patience: 2, restoreBest: true });
      let best: number[][] = [];
      const spoiling: Callback = ({ epoch, step }) => {
        if (epoch !== 2 || step !== 3) return;
        best = numbers(run);
        run.optimizer.lr = 0;
        for (const p of run.model.layers[3].parameters()) p.value = mul(p.value, -30);
      };
      const options = { optimizer: run.optimizer, epochs: 9, validate: loader() };
      let bytes: Uint8Array | undefined;
      for await (const step of fit(run.model, loader(), { ...options, callbacks: [callback, spoiling] })) {
        const all = { ...run, callbacks: [callback], position: step.position };
        if (step.epoch === stopAt && step.step === 2) {
          bytes = toCheckpoint(all);
          break;
        }
      }
      if (bytes !== undefined) {
        const checkpoint = fromCheckpoint(bytes);
        const fresh = { ...start(), callbacks: [earlyStopping({ patience: 2, restoreBest: true })] };
        restore(fresh, checkpoint);
        const { model, optimizer, callbacks } = fresh;
        await stepsOf(fit(model, loader(), { ...options, optimizer, callbacks, from: checkpoint.position }));
        return [numbers(fresh), best];
      }
      return [numbers(run), best];
    };
    for (const stopAt of [undefined, 3]) {
      const [got, best] = await train(stopAt);
      expect(got).toEqual(best);
    }
  });

  test("a run that it stopped stays stopped when it is resumed", async () => {
    const { model, optimizer } = start(0);
    const callbacks = [earlyStopping({ patience: 1 })];
    const [last] = (await stepsOf(fit(model, loader(), { optimizer, epochs: 9, callbacks }))).slice(-1);
    const checkpoint = fromCheckpoint(toCheckpoint({ model, optimizer, callbacks, position: last.position }));
    const fresh = { ...start(0), callbacks: [earlyStopping({ patience: 1 })] };
    restore(fresh, checkpoint);
    const { optimizer: again, callbacks: own } = fresh;
    const run = fit(fresh.model, loader(), { optimizer: again, epochs: 9, callbacks: own, from: checkpoint.position });
    expect(await stepsOf(run)).toEqual([]);
    expect(run.ended).toBe("stopped");
  });

  test("the state of something else, or a damaged one, is refused and changes nothing", () => {
    const callback = earlyStopping({ restoreBest: true });
    const state = callback.stateDict();
    expect(state).toEqual({ callback: "earlyStopping", monitor: "loss", best: null, bad: 0, weights: null });
    const load = (more: object) => () => callback.loadStateDict({ ...state, best: 1, bad: 2, ...more });
    expect(load({ callback: "bestCheckpoint" })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: loadStateDict: this is no state of earlyStopping that monitors the loss. Use the callbacks it was saved with.]`,
    );
    expect(load({ monitor: "accuracy" })).toThrow(TypeError);
    expect(load({ bad: -1 })).toThrow("bad must be an integer of at least 0");
    expect(load({ weights: "§" })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: loadStateDict: the weights in the state of earlyStopping are damaged.]`,
    );
    expect(load({ weights: "AAAA" })).toThrow("safetensors");
    expect(callback.stateDict()).toEqual(state);
  });

  test("options that cannot be are refused", () => {
    const make = (options: object) => () => earlyStopping(options);
    expect(make({ patience: 0 })).toThrow("patience must be a positive integer, got 0");
    expect(make({ monitor: "val_loss" })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: earlyStopping: monitor must be one of "loss", "accuracy", got "val_loss".]`,
    );
    expect(make({ minDelta: -1 })).toThrow("minDelta must be a finite number of at least 0");
    expect(make({ min_delta: 1 })).toThrow("Did you mean minDelta?");
    expect(make({ restoreBest: 1 })).toThrow("restoreBest must be true or false");
  });
});
