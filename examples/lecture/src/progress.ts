import { Presets, SingleBar } from "cli-progress";
import type { Claim } from "./claim.js";
import type { OnStep, Settings } from "./experiment.js";

/** Shows how far an experiment is: a bar in a terminal, nothing elsewhere. */
export class Progress {
  #bar: SingleBar | undefined;

  constructor(readonly output: NodeJS.WriteStream) {}

  /** Begins with a claim; what is returned is to be told of every step. */
  start({ name, models }: Claim, { seeds }: Settings): OnStep {
    if (!this.output.isTTY) return () => {};
    const format = `${name} {bar} {percentage} %  {eta_formatted} left  {model}, seed {seed}`;
    const options = { stream: this.output, format, barsize: 24, hideCursor: true, clearOnComplete: true, fps: 10 };
    this.#bar = new SingleBar(options, Presets.shades_classic);
    let isStarted = false;
    return (model, seed, { steps, epochs }) => {
      const shown = { model, seed };
      if (!isStarted) this.#bar?.start(Object.keys(models).length * seeds * epochs * steps, 0, shown);
      isStarted = true;
      this.#bar?.increment(shown);
    };
  }

  /** Takes the bar away. */
  stop(): void {
    this.#bar?.stop();
    this.#bar = undefined;
  }
}
