import { useEffect } from "preact/hooks";
import { Controls } from "./controls.js";
import { Curves } from "./curves.js";
import { askDevices } from "./devices.js";
import { Files } from "./filesRow.js";
import { duration, percent, thousands } from "./format.js";
import { begin, current, download, lastStep, phase, place, problem } from "./session.js";
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
      {problem.value !== "" && (
        <div class="notice train-problem" role="alert">
          <span>{problem.value}</span>
          <button
            type="button"
            class="button plain"
            onClick={() => {
              problem.value = "";
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
  lastStep.value; // examinations are added in place
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
  const step = lastStep.value;
  const { settings, curve } = current.value;
  const time = curve.time.at(-1) ?? 0;
  const rate = step?.examplesPerSecond ?? 0;
  const examples = step === undefined ? 0 : step.steps * settings.batchSize;
  const isRunning = phase.value === "running";
  const name = place.value?.device as keyof typeof devices | undefined;
  const where =
    name === undefined ? "" : name === "cpu" ? `${devices.cpu}, ${threads(place.value?.threads ?? 1)}` : devices[name];
  const file = download.value;
  return (
    <div class="train-standing" data-time={time}>
      <progress aria-label={progress} max={settings.epochs} value={time} />
      <p class="number">
        <span role="status">{phases[phase.value]}</span>
        <span>{epochOf(Math.min(settings.epochs, Math.floor(time) + 1).toString(), String(settings.epochs))}</span>
        {isRunning && rate > 0 && <span>{speed(thousands(rate))}</span>}
        {isRunning && rate > 0 && <span>{left(duration(((settings.epochs - time) * examples) / rate))}</span>}
        <span title={place.value?.reason}>{[where, place.value?.adapter].filter(Boolean).join(", ")}</span>
        {file !== undefined && (
          <span>{downloading(file.file, percent(file.received / (file.total ?? file.received)))}</span>
        )}
      </p>
    </div>
  );
}
