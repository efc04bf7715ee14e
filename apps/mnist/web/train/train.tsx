import { useEffect } from "preact/hooks";
import { Controls } from "./controls.js";
import { Curves } from "./curves.js";
import { askDevices } from "./devices.js";
import { Files } from "./filesRow.js";
import { duration, percent, thousands } from "./format.js";
import { computer, current, curvesVersion, download, epochSize, pace, phase, problem } from "./run.js";
import { begin } from "./session.js";
import { t } from "./texts.js";
import "./train.css";

/** The network learns: its curves, how far it is, and what can be changed. */
export function Train() {
  useEffect(() => {
    begin();
    askDevices();
  }, []);
  const { dismiss } = t.value;
  return (
    <div class="train" data-train data-phase={phase.value}>
      <div class="card train-main">
        <Curves />
        <Standing />
      </div>
      <aside class="card train-side">
        <Score />
        <Controls />
        <Files />
      </aside>
      {problem.value !== undefined && (
        <div class="notice train-problem" role="alert">
          <span>{problem.value()}</span>
          <button
            type="button"
            class="button plain"
            onClick={() => {
              problem.value = undefined;
            }}
          >
            {dismiss}
          </button>
        </div>
      )}
    </div>
  );
}

/** The figure that counts. */
function Score() {
  const { unseen, notYet } = t.value;
  const exam = current.value.curve.exams.at(-1);
  curvesVersion.value; // validations are added in place
  return (
    <p class="train-score" data-accuracy={exam?.accuracy ?? ""}>
      <strong class="number">{exam === undefined ? "–" : percent(exam.accuracy)}</strong>
      <span class="faint">{exam === undefined ? notYet : unseen}</span>
    </p>
  );
}

/** How far it is, how fast, where, and how long it will take. */
function Standing() {
  const { phases, epochOf, speed, left, progress, downloading, devices, threads } = t.value;
  curvesVersion.value; // the curve grows in place
  const { settings, curve } = current.value;
  const time = curve.time.at(-1) ?? 0;
  const rate = Math.round(pace.value * epochSize.value);
  const isPaced = phase.value === "running" && pace.value > 0;
  const on = computer.value;
  const name = on?.device as keyof typeof devices | undefined;
  const where =
    name === undefined ? "" : name === "cpu" ? `${devices.cpu}, ${threads(on?.threads ?? 1)}` : devices[name];
  const file = download.value;
  return (
    <div class="train-standing" data-time={time}>
      <progress aria-label={progress} max={settings.epochs} value={time} />
      <p class="number">
        <span role="status">{phases[phase.value]}</span>
        <span>{epochOf(Math.min(settings.epochs, Math.floor(time) + 1).toString(), String(settings.epochs))}</span>
        {isPaced && <span data-speed={rate}>{speed(thousands(rate))}</span>}
        {isPaced && <span>{left(duration((settings.epochs - time) / pace.value))}</span>}
        <span title={on?.reason}>{[where, on?.adapter].filter(Boolean).join(", ")}</span>
        {file !== undefined && (
          <span>{downloading(file.file, file.total === undefined ? "" : percent(file.received / file.total))}</span>
        )}
      </p>
    </div>
  );
}
