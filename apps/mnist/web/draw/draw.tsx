import { signal } from "@preact/signals";
import { CLASSES, SIDE } from "../../src/model.js";
import { exampleOf } from "../examples.js";
import { digit, isBlank } from "../state.js";
import { percent } from "../train/format.js";
import { Pixels } from "../ui/pixels.js";
import { Probabilities } from "../ui/probabilities.js";
import { Pad } from "./pad.js";
import { prediction } from "./prediction.js";
import { clear, put, strokes, undo } from "./strokes.js";
import { t } from "./texts.js";
import "./draw.css";

const DIGITS = Array.from({ length: CLASSES }, (_, i) => i);
const NONE = new Float32Array(CLASSES);

/** What is said aloud: after a stroke, not for every point of it. */
const said = signal("");

/** Says how the digit is read, once the frame has shown what was just drawn. */
function say(): void {
  requestAnimationFrame(() => {
    const read = prediction.value;
    said.value =
      read === undefined ? t.value.nothing : t.value.says(read.digit, percent(read.probabilities[read.digit]));
  });
}

const andSay = (command: () => void) => () => {
  command();
  say();
};

/** A pad, and what the network reads on it. */
export function Draw() {
  const { pad, hint } = t.value;
  return (
    <div class="draw">
      <div class="draw-left">
        <Pad label={pad} hint={prediction.value === undefined ? hint : ""} onStroke={say} />
        <Buttons />
      </div>
      <Reading />
      <Examples />
      <p class="visually-hidden" role="status">
        {said.value}
      </p>
    </div>
  );
}

function Buttons() {
  const { undo: undoText, clear: clearText } = t.value;
  const isEmpty = strokes.value.length === 0;
  return (
    <div class="draw-buttons">
      <button type="button" class="button" disabled={isEmpty} onClick={andSay(undo)} data-do="undo">
        {undoText}
      </button>
      <button
        type="button"
        class="button"
        disabled={isEmpty && !prediction.value}
        onClick={andSay(clear)}
        data-do="clear"
      >
        {clearText}
      </button>
    </div>
  );
}

/** What the network gets, and what it makes of it. */
function Reading() {
  const { input, inputAbout, exampleAbout, read, probabilities } = t.value;
  const found = prediction.value;
  return (
    <div
      class="card draw-reading"
      data-probabilities={found === undefined ? "" : Array.from(found.probabilities).join()}
    >
      <figure>
        <Pixels values={digit.value} width={SIDE} height={SIDE} largest={1} label={input} />
        <figcaption>
          <strong>{input}</strong>
          <span class="faint">{strokes.value.length > 0 || isBlank.value ? inputAbout : exampleAbout}</span>
        </figcaption>
      </figure>
      <p class="draw-digit">
        <span class="faint">{read}</span>
        <strong data-prediction>{found?.digit ?? "–"}</strong>
      </p>
      <Probabilities
        class="draw-bars"
        label={probabilities}
        values={found?.probabilities ?? NONE}
        best={found?.digit}
      />
    </div>
  );
}

/** How often each digit was shown. */
const turns = new Map<number, number>();

/** Puts a digit of another hand in; each time the next one. */
async function showExample(wanted: number): Promise<void> {
  const turn = turns.get(wanted) ?? 0;
  turns.set(wanted, turn + 1);
  put(await exampleOf(wanted, turn));
  say();
}

/** Digits of other hands, for who cannot draw. */
function Examples() {
  const { show, showOne } = t.value;
  return (
    <fieldset class="field draw-examples">
      <legend>{show}</legend>
      <div>
        {DIGITS.map((wanted) => (
          <button
            key={wanted}
            type="button"
            class="button"
            title={showOne(wanted)}
            data-show={wanted}
            onClick={() => showExample(wanted)}
          >
            {wanted}
          </button>
        ))}
      </div>
    </fieldset>
  );
}
