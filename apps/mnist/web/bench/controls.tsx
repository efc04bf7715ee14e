import { Choice } from "../ui/choice.js";
import { t } from "./controlsTexts.js";
import { STARTING_IMAGES } from "./images.js";
import { PRESETS } from "./presets.js";
import { RANGES, type Settings, whyNot } from "./settings.js";
import { change, chooseImage, choosePreset, settings, startingImage } from "./store.js";

/** The switches whose values are in RANGES, and the names they have for tests. */
const SWITCHES = {
  operation: "operation",
  size: "kernel",
  shape: "shape",
  stride: "stride",
  dilation: "dilation",
  padding: "padding",
  mode: "mode",
  channels: "channels",
  groups: "groups",
} as const;

/** All switches of the bench. */
export function Controls() {
  const names = Object.keys(SWITCHES) as (keyof typeof SWITCHES)[];
  return (
    <div class="bench-controls card">
      <Switch name="operation" />
      <ImageSwitch />
      <PresetSwitch />
      {names.slice(1).map((name) => (
        <Switch key={name} name={name} />
      ))}
    </div>
  );
}

/** One switch. What cannot be chosen says why. */
function Switch({ name }: { readonly name: keyof typeof SWITCHES }) {
  const { controls, values, conflicts } = t.value;
  const named: Record<string, string> | undefined = name in values ? values[name as keyof typeof values] : undefined;
  const options = (RANGES[name] as readonly (string | number)[]).map((value) => {
    const reason = whyNot(settings.value, { [name]: value } as Partial<Settings>);
    return { value, label: named?.[value] ?? String(value), whyNot: reason && conflicts[reason] };
  });
  return (
    <div data-control={SWITCHES[name]}>
      <Choice
        label={controls[name]}
        value={settings.value[name]}
        options={options}
        onChange={(value) => change({ [name]: value } as Partial<Settings>)}
      />
      <Reasons options={options} />
    </div>
  );
}

/** Why some of the options cannot be chosen, for those who cannot hover. */
function Reasons({ options }: { readonly options: readonly { label: string; whyNot?: string | undefined }[] }) {
  const reasons = [...new Set(options.map(({ whyNot: reason }) => reason))].filter((reason) => reason !== undefined);
  if (reasons.length === 0) return null;
  return (
    <p class="bench-reason">
      {reasons
        .map((reason) => {
          const labels = options.filter((option) => option.whyNot === reason).map(({ label }) => label);
          return t.value.because(labels, reason);
        })
        .join(" ")}
    </p>
  );
}

/** The image to begin with. */
function ImageSwitch() {
  const { controls, values, again } = t.value;
  return (
    <div data-control="image">
      <Choice
        label={controls.image}
        value={startingImage.value ?? ""}
        options={STARTING_IMAGES.map((value) => ({ value: value as string, label: values.image[value] }))}
        onChange={(value) => chooseImage(value as (typeof STARTING_IMAGES)[number])}
      />
      {startingImage.value === "random" && (
        <button type="button" class="button plain bench-again" onClick={() => chooseImage("random")}>
          ↻ {again}
        </button>
      )}
    </div>
  );
}

/** The kernel to begin with; a pooling has none. */
function PresetSwitch() {
  const { controls, values, conflicts, again, noKernel, makeOwn } = t.value;
  const { operation, preset } = settings.value;
  const isPool = operation !== "conv";
  const options = [...PRESETS, "own" as const].map((value) => {
    const reason = whyNot(settings.value, { preset: value });
    const own = value === "own" && preset !== "own" ? makeOwn : undefined;
    return { value, label: values.preset[value], whyNot: isPool ? noKernel : reason ? conflicts[reason] : own };
  });
  return (
    <div data-control="preset">
      <Choice label={controls.preset} value={preset} options={options} onChange={choosePreset} />
      {isPool ? <p class="bench-reason">{noKernel}</p> : <Reasons options={options.slice(0, -1)} />}
      {preset === "random" && !isPool && (
        <button type="button" class="button plain bench-again" onClick={() => choosePreset("random")}>
          ↻ {again}
        </button>
      )}
    </div>
  );
}
