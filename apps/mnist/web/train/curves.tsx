import { isDark } from "../ui/theme.js";
import { Chart, type Series } from "./chart.js";
import { type Curve, type Line, type Run, smooth } from "./curve.js";
import { percent } from "./format.js";
import { current, curvesVersion, runs } from "./run.js";
import { t } from "./texts.js";

/** Colours of runs, told apart with any kind of sight (Okabe & Ito 2008), for light and for dark. */
const COLORS = {
  light: ["#0072b2", "#c24a12", "#00805f", "#9a4f80", "#8a6a00"],
  dark: ["#6db9ec", "#ff9d66", "#4fd0ad", "#e39fc8", "#e6c84a"],
};

/** The colour of a run. */
export const colorOf = ({ id }: Run): string => COLORS[isDark.value ? "dark" : "light"][(id - 1) % 5];

/** The lines of curves, as long as those do not grow. */
const known = new WeakMap<Curve, { readonly length: number; readonly loss: Line; readonly accuracy: Line }>();

function linesOf(curve: Curve) {
  const { length } = curve.time;
  const before = known.get(curve);
  if (before?.length === length) return before;
  const lines = { length, loss: smooth(curve.time, curve.loss), accuracy: smooth(curve.time, curve.accuracy) };
  known.set(curve, lines);
  return lines;
}

/** Which colour is which run's. */
function Legend() {
  const { run: nameOf } = t.value;
  return (
    <ul class="train-legend">
      {runs.value.map((run) => (
        <li key={run.id} style={{ "--color": colorOf(run) }}>
          {nameOf(run.id)}
        </li>
      ))}
    </ul>
  );
}

/** Loss and accuracy of all runs, as they grow. */
export function Curves() {
  const { loss, lossAbout, accuracy, accuracyAbout, run: nameOf, curveSays, epoch } = t.value;
  curvesVersion.value; // the curves grow in place
  const losses: Series[] = [];
  const accuracies: Series[] = [];
  for (const run of runs.value) {
    const { curve } = run;
    const lines = linesOf(curve);
    const look = { label: nameOf(run.id), color: colorOf(run), isFaint: run !== current.value };
    losses.push({ ...look, ...lines.loss });
    accuracies.push(
      { ...look, ...lines.accuracy, isFaint: true },
      { ...look, hasDots: true, x: curve.exams.map(({ time }) => time), y: curve.exams.map((exam) => exam.accuracy) },
    );
  }
  const newest = losses.at(-1)?.y.at(-1);
  const exam = current.value.curve.exams.at(-1);
  const says =
    newest === undefined ? "" : curveSays(newest.toFixed(2), exam === undefined ? "–" : percent(exam.accuracy));
  return (
    <div class="train-curves">
      <figure>
        <figcaption>
          <h3>{loss}</h3>
          <p class="faint">{lossAbout}</p>
          {runs.value.length > 1 && <Legend />}
        </figcaption>
        <Chart
          series={losses}
          label={`${loss}. ${says}`}
          unit={epoch}
          range={[0, null]}
          format={(value) => String(Number(value.toPrecision(3)))}
        />
      </figure>
      <figure>
        <figcaption>
          <h3>{accuracy}</h3>
          <p class="faint">{accuracyAbout}</p>
        </figcaption>
        <Chart
          series={accuracies}
          label={`${accuracy}. ${says}`}
          unit={epoch}
          range={[0, 1]}
          format={(value) => `${Math.round(value * 100)} %`}
        />
      </figure>
    </div>
  );
}
