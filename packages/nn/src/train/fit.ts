import { scope, variable } from "@conv/autograd";
import { argmax, type RandomState, reshape } from "@conv/core";
import { checkInteger, checkOptions } from "@conv/core/operators";
import { crossEntropy } from "../losses/crossEntropy.js";
import type { Module } from "../module.js";
import { Optimizer } from "../optim/optimizer.js";
import { countCorrect, type Evaluation, evaluate, type Loss } from "./evaluate.js";
import type { Loader } from "./loader.js";
import { now, type Signal, turn } from "./platform.js";

/** A place in a training run, between two steps. */
export interface Position {
  /** Epochs that are complete. */
  readonly epoch: number;
  /** Steps of the next epoch that are done. */
  readonly step: number;
  /** The state of the loader's generator before that epoch's pass, if it has one. */
  readonly random?: RandomState | undefined;
}

/** The options of `fit`. */
export interface FitOptions {
  /** Moves the model's parameters. */
  readonly optimizer: Optimizer;
  /** Default `crossEntropy`. */
  readonly loss?: Loss;
  /** Passes over the loader, in all. */
  readonly epochs: number;
  /** What the model is evaluated on after each epoch. */
  readonly validate?: Loader;
  /** Where to go on; from `fromCheckpoint`. Default: the beginning. */
  readonly from?: Position;
  /** Stops the run after the current step once it is aborted. */
  readonly signal?: Signal;
}

/** What one training step did. */
export interface FitStep {
  /** 1 for the first pass over the loader. */
  readonly epoch: number;
  readonly epochs: number;
  /** 1 for the first step of an epoch. */
  readonly step: number;
  /** Steps in an epoch. */
  readonly steps: number;
  /** The batch's loss, before the step. */
  readonly loss: number;
  /** Share of the batch's examples that were recognised, 0 to 1, before the step. */
  readonly accuracy: number;
  /** Examples in the batch. */
  readonly examples: number;
  /** Training speed since `fit` began, in examples per second, without validation. */
  readonly examplesPerSecond: number;
  readonly learningRate: number;
  /** How the model does on `validate`: on the last step of an epoch. */
  readonly validation?: Evaluation;
  /** Where the run stands after this step, for `toCheckpoint`. */
  readonly position: Position;
}

const OPTIONS = ["optimizer", "loss", "epochs", "validate", "from", "signal"];

/**
 * Trains a model: one step for every batch that the loop asks for.
 *
 * Every step is a scope: what it makes, in your own loss and layers too, is given back at its end unless you `keep` it. It
 * gives way to timers, input and drawing about every 16 ms. Breaking out of the loop, or aborting the signal, stops it
 * after the current step.
 *
 * @example
 * for await (const { loss } of fit(model, loader, { optimizer: new Adam(model.parameters()), epochs: 3 })) {
 *   console.log(loss);
 * }
 */
export async function* fit(model: Module, loader: Loader, options: FitOptions): AsyncGenerator<FitStep, void, void> {
  checkOptions("fit", options, OPTIONS);
  const { optimizer, loss = crossEntropy, validate, from, signal } = options;
  if (!(optimizer instanceof Optimizer)) {
    throw new TypeError("fit: the optimizer is missing. Pass { optimizer: new Adam(model.parameters()), … }.");
  }
  const epochs = checkInteger("fit", "epochs", options.epochs, 1);
  const steps = loader.length;
  let [skip, seen, trained, lastTurn] = [from?.step ?? 0, 0, 0, now()];

  for (let epoch = from?.epoch ?? 0; epoch < epochs; epoch++) {
    if (epoch === from?.epoch && from.random !== undefined) loader.random?.restore(from.random);
    const random = loader.random?.state;
    const batches = skip === 0 ? loader : skipping(loader, skip);
    let step = skip;
    let started = now();
    model.train();
    for await (const { x, y } of batches) {
      if (signal?.aborted) return;
      const [l, classes] = scope(() => {
        optimizer.zeroGrad();
        const logits = model.forward(variable(x, { requiresGrad: false }));
        const batchLoss = loss(logits, y);
        batchLoss.backward();
        optimizer.step();
        return [reshape(batchLoss.value, batchLoss.shape), argmax(logits.value, { dim: 1 })]; // tensors of our own
      });
      const correct = countCorrect(await classes.data(), await y.data());
      const [value] = await l.data();
      for (const t of [l, classes]) t.dispose();
      seen += x.shape[0];
      trained += now() - started;
      step++;
      const isLast = step === steps;
      const validation = isLast && validate !== undefined ? await evaluate(model, validate, { loss }) : undefined;
      yield {
        epoch: epoch + 1,
        epochs,
        step,
        steps,
        loss: value,
        accuracy: correct / y.size,
        examples: x.shape[0],
        examplesPerSecond: seen / (trained / 1000),
        learningRate: optimizer.lr,
        ...(validation === undefined ? {} : { validation }),
        position: isLast ? { epoch: epoch + 1, step: 0, random: loader.random?.state } : { epoch, step, random },
      };
      if (now() - lastTurn > 16) {
        await turn();
        lastTurn = now();
      }
      started = now();
    }
    skip = 0;
  }
}

/** A pass over the loader without its first batches. */
function skipping(loader: Loader, skip: number) {
  if (loader.batches === undefined) {
    throw new TypeError(
      "fit: to go on inside an epoch the loader needs batches({ skip }). Use the DataLoader of @conv/data.",
    );
  }
  return loader.batches({ skip });
}
