import { signal } from "@preact/signals";
import { Choice } from "../ui/choice.js";
import { Slider } from "../ui/slider.js";
import { whyNot } from "./devices.js";
import { current, isGoing, phase } from "./run.js";
import { change, pause, resume, setLearningRate, start, stop } from "./session.js";
import type { DeviceName, Settings, Source } from "./settings.js";
import { t } from "./texts.js";

/** What the next run will have beside what the current one has. */
const next = signal<Partial<Pick<Settings, "source" | "seed" | "epochs">>>({});

/** The settings of the next run. */
export const nextSettings = (): Settings => ({ ...current.value.settings, ...next.value });

const plan = (settings: Partial<Settings>) => {
  next.value = { ...next.value, ...settings };
};

/** What can be done with the run, and changed. */
export function Controls() {
  const { settings: title } = t.value;
  return (
    <>
      <Buttons />
      <Rates />
      <Device />
      <details class="train-settings">
        <summary>{title}</summary>
        <NextRun />
      </details>
    </>
  );
}

/** What the first button does, as the run stands. A run that was ended has none. */
function first(): readonly [name: "pause" | "resume" | "further", command: () => void] | undefined {
  if (isGoing()) return ["pause", pause];
  if (phase.value === "complete") return ["further", () => resume(current.value.settings.epochs + 5)];
  return phase.value === "stopped" ? undefined : ["resume", () => resume()];
}

/** Buttons stay where they are, so that a double click meets one only, and it counts once. */
const once = (command: () => void) => (event: MouseEvent) => {
  if (event.detail < 2) command();
};

function Buttons() {
  const texts = t.value;
  const [name, command] = first() ?? [];
  const canStop = isGoing() || phase.value === "paused";
  return (
    <div class="train-buttons">
      <button
        type="button"
        class={`button ${command === undefined ? "" : "primary"}`}
        disabled={command === undefined}
        onClick={command && once(command)}
        data-do={name ?? "none"}
      >
        {texts[name ?? "resume"]}
      </button>
      <button type="button" class="button" disabled={!canStop} onClick={once(stop)} data-do="stop">
        {texts.stop}
      </button>
      <button
        type="button"
        class={`button ${command === undefined ? "primary" : ""}`}
        onClick={once(() => start(nextSettings()))}
        data-do="start"
      >
        {texts.again}
      </button>
    </div>
  );
}

/** What may change while it learns. */
function Rates() {
  const { lr: lrText, batchSize: batchText } = t.value;
  const { lr, batchSize } = current.value.settings;
  return (
    <>
      <Slider
        label={lrText}
        min={-4}
        max={-1}
        step={0.05}
        value={Math.log10(lr)}
        format={(exponent) => (10 ** exponent).toPrecision(2)}
        onChange={(exponent) => setLearningRate(10 ** exponent)}
      />
      <Choice
        label={batchText}
        value={batchSize}
        options={[8, 16, 32, 64, 128].map((value) => ({ value, label: String(value) }))}
        onChange={(value) => change({ batchSize: value })}
      />
    </>
  );
}

/** Where it learns. */
function Device() {
  const texts = t.value;
  const { device } = current.value.settings;
  const names = ["cpu", "webgpu", "webgl2"] as const satisfies readonly DeviceName[];
  const reasons = names.flatMap((name) => {
    const reason = whyNot.value[name];
    return reason === undefined ? [] : [texts[reason]];
  });
  if (!crossOriginIsolated) reasons.push(texts.oneThread);
  return (
    <div>
      <Choice
        label={texts.device}
        value={device}
        options={names.map((value) => {
          const reason = whyNot.value[value];
          return { value, label: texts.devices[value], whyNot: reason && texts[reason] };
        })}
        onChange={(value) => change({ device: value })}
      />
      {reasons.length > 0 && <p class="faint train-note">{reasons.join(" ")}</p>}
    </div>
  );
}

/** What counts from the next start on. */
function NextRun() {
  const texts = t.value;
  const { source, seed, epochs } = nextSettings();
  return (
    <div class="train-next">
      <Choice<Source>
        label={texts.source}
        value={source}
        options={(["digits", "mnist"] as const).map((value) => ({ value, label: texts.sources[value] }))}
        onChange={(value) => plan({ source: value })}
      />
      {source === "mnist" && <p class="faint train-note">{texts.mnistAbout}</p>}
      <Slider label={texts.epochs} min={1} max={50} value={epochs} onChange={(value) => plan({ epochs: value })} />
      <Slider label={texts.seed} min={0} max={99} value={seed} onChange={(value) => plan({ seed: value })} />
      <p class="faint train-note">{texts.seedAbout}</p>
    </div>
  );
}
