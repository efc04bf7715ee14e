import { cpu } from "@conv/core";
import type { Dataset, Progress } from "@conv/data";
import type { Evaluation, FitStep, Module, Position } from "@conv/nn";
import { MultiBar, Presets, type SingleBar } from "cli-progress";
import { pc } from "./colors.js";
import type { Datasets } from "./datasets.js";
import { drawConfusion, drawMistakes } from "./pictures.js";
import type { Place } from "./place.js";
import type { Results } from "./results.js";

/** Where a run shows itself: with a progress bar in a terminal, in plain lines elsewhere. */
export class Screen {
  readonly #bars: MultiBar | undefined;
  #bar: SingleBar | undefined;
  #file = "";
  #epoch = { number: 0, loss: 0, correct: 0, examples: 0 };

  constructor(output: NodeJS.WriteStream) {
    if (output.isTTY) {
      const options = { stream: output, hideCursor: true, clearOnComplete: true, fps: 10, gracefulExit: false };
      this.#bars = new MultiBar(options, Presets.shades_classic);
    }
  }

  /** A line of text, above the bar if there is one. */
  line(text = ""): void {
    if (this.#bar === undefined) console.log(text);
    else this.#bars?.log(`${text}\n`);
  }

  /** How much of a file has arrived. */
  download({ file, received, total }: Progress): void {
    if (file !== this.#file) {
      this.#file = file;
      this.stop();
      if (this.#bars === undefined) this.line(`downloading ${file}`);
    }
    const format = `${file}  {bar}  {percentage} %  {eta_formatted} left`;
    this.#bar ??= this.#bars?.create(total ?? received, 0, {}, { format, barsize: 24 });
    this.#bar?.update(received);
    if (received === total) this.stop();
  }

  /** What is about to be trained, on what. */
  title(model: Module, { train, test }: Datasets, { device, adapter, hint }: Place, threads: number): void {
    const parameters = model.parameters().reduce((sum, { size }) => sum + size, 0);
    this.line(`${pc.bold(train.name)}: ${train.length} digits to learn from, ${test.length} to be examined on`);
    const name = device === cpu ? `cpu with ${threads} ${threads === 1 ? "thread" : "threads"}` : device.name;
    this.line(`${parameters} parameters, on ${[name, adapter].filter(Boolean).join(", ")}`);
    if (hint !== "") this.line(hint);
    this.line();
  }

  /** One training step: the bar moves; an epoch that is complete becomes a line. */
  step(step: FitStep): void {
    if (step.epoch !== this.#epoch.number) this.#epoch = { number: step.epoch, loss: 0, correct: 0, examples: 0 };
    const epoch = this.#epoch;
    epoch.loss += step.loss * step.examples;
    epoch.correct += step.accuracy * step.examples;
    epoch.examples += step.examples;
    const [loss, accuracy] = [epoch.loss / epoch.examples, epoch.correct / epoch.examples];

    const done = (step.epoch - 1) * step.steps + step.step;
    const total = step.epochs * step.steps;
    const format = "epoch {epoch} {bar} {percentage} %  {rate} img/s  {left} left  loss {loss}  acc {accuracy}";
    this.#bar ??= this.#bars?.create(total, 0, {}, { format, barsize: 8 });
    this.#bar?.update(done, {
      epoch: `${step.epoch}/${step.epochs}`,
      rate: step.examplesPerSecond.toFixed(0),
      left: duration(((total - done) * epoch.examples) / step.step / step.examplesPerSecond),
      loss: loss.toFixed(3),
      accuracy: percent(accuracy),
    });
    if (step.validation === undefined) return;
    this.line(
      `epoch ${String(step.epoch).padStart(String(step.epochs).length)}/${step.epochs}` +
        `   train loss ${loss.toFixed(4)}  acc ${percent(accuracy)}` +
        `   test loss ${step.validation.loss.toFixed(4)}  acc ${pc.bold(percent(step.validation.accuracy))}`,
    );
    if (done === total) this.stop();
  }

  /** How the finished model does: its accuracy, what it confuses, and some of its mistakes. */
  report(dataset: Dataset, exam: Evaluation, seconds: number): void {
    const wrong = exam.labels.filter((label, i) => exam.predictions[i] !== label).length;
    this.line();
    this.line(
      `${pc.bold(pc.green(percent(exam.accuracy)))} of ${dataset.length} unseen digits recognised, ` +
        `${wrong} mistaken, after ${duration(seconds)} of training`,
    );
    this.line();
    this.line("true digit (row), read as (column)");
    this.line(drawConfusion(exam, dataset.classes));
    if (wrong > 0) this.line(`\n${drawMistakes(dataset, exam)}\n`);
  }

  /** Where a run was stopped, and how to go on. */
  stopped({ epoch, step }: Position, { checkpoint }: Results): void {
    this.stop();
    this.line();
    this.line(`Stopped in epoch ${epoch + 1} after step ${step}, and saved. Go on with`);
    this.line(
      `  ${pc.bold(`npm start -- --resume ${/\s/.test(checkpoint) ? JSON.stringify(checkpoint) : checkpoint}`)}`,
    );
    this.line();
  }

  /** What was written. */
  written({ model, metrics, checkpoint }: Results): void {
    for (const path of [model, metrics, checkpoint]) this.line(`written: ${path}`);
  }

  /** Takes the bar away. */
  stop(): void {
    if (this.#bar === undefined) return;
    this.#bars?.update(); // writes the lines that wait for the next drawing
    this.#bars?.stop();
    this.#bar = undefined;
  }
}

/** A share as `97.2 %`. */
const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

/** Seconds as `42 s` or `3:05 min`. */
function duration(seconds: number): string {
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")} min`;
}
