import { Conv2d } from "@conv/nn";
import { useMemo } from "preact/hooks";
import { KernelCanvas } from "./kernels.js";
import { numberText } from "./layers.js";
import { hullOf } from "./region.js";
import { isSample } from "./sample.js";
import { targetText } from "./targetText.js";
import { t } from "./texts.js";
import { gridOf, tilesOf } from "./tiles.js";
import { chosen, flipMap, look, pinned, places, regions } from "./view.js";

/** What there is to say about the chosen unit: its value, its gradient, what it sees, the kernels that make it. */
export function Readout() {
  const { hint, sample } = t.value;
  const unit = chosen.value;
  const place = unit === undefined ? undefined : places.value[unit.place];
  return (
    <div class="card inside-readout" data-readout>
      {unit === undefined || place === undefined ? (
        <p class="faint">
          {hint} {isSample.value && sample}
        </p>
      ) : (
        <Told />
      )}
    </div>
  );
}

function Told() {
  const {
    digit,
    where,
    number,
    value,
    gradient,
    notAsked,
    sees,
    seesAll,
    seesNone,
    rows,
    columns,
    kernelsOf,
    flipMap: flip,
  } = t.value;
  const { place: at, unit } = chosen.value as { place: number; unit: number };
  const place = places.value[at];
  const isPlane = place.shape.length === 3;
  const [, height, width] = isPlane ? place.shape : [1, 1, 1];
  const map = isPlane ? Math.floor(unit / (height * width)) : 0;
  const inMap = unit % (height * width);
  const seen = look.value;
  const activation = at === 0 ? undefined : seen?.activations[at - 1]?.[unit];
  const slope = at === 0 ? seen?.inputGradient?.[unit] : seen?.gradients[at - 1]?.[unit];
  const [, rowsSeen, columnsSeen] = regions.value[0] ?? [];
  const [down, across] = [hullOf(rowsSeen ?? []), hullOf(columnsSeen ?? [])];
  const isAll = rowsSeen?.length === 28 && columnsSeen?.length === 28;
  const field =
    down === undefined || across === undefined
      ? seesNone
      : isAll
        ? seesAll
        : `${rows(down.first + 1, down.last + 1)}, ${columns(across.first + 1, across.last + 1)}`;
  return (
    <>
      <div class="inside-told">
        <h3 aria-live="polite">
          {at === 0 ? digit : place.name}{" "}
          <small class="faint">
            {isPlane
              ? where(place.shape[0] > 1 ? map + 1 : undefined, Math.floor(inMap / width) + 1, (inMap % width) + 1)
              : number(unit + 1)}
          </small>
        </h3>
        <dl>
          {activation !== undefined && (
            <div>
              <dt>{value}</dt>
              <dd class="number" data-value={activation}>
                {numberText(activation)}
              </dd>
            </div>
          )}
          <div>
            <dt>{gradient(targetText())}</dt>
            <dd class="number" data-gradient={slope}>
              {slope === undefined ? <span class="faint">{notAsked}</span> : numberText(slope)}
            </dd>
          </div>
          <div>
            <dt>{sees}</dt>
            <dd>{field}</dd>
          </div>
        </dl>
        {pinned.value !== undefined && (
          <button type="button" class="button" onClick={() => flipMap(at, map)}>
            {flip}
          </button>
        )}
      </div>
      {place.layer instanceof Conv2d && <KernelsOf layer={place.layer} map={map} label={kernelsOf(map + 1)} />}
    </>
  );
}

/** The kernels of one output map, large. */
function KernelsOf({ layer, map, label }: { readonly layer: Conv2d; readonly map: number; readonly label: string }) {
  const [, inputs, height, width] = layer.weight.shape;
  const layout = useMemo(() => {
    const scale = Math.max(2, Math.min(inputs === 1 ? 16 : 10, tilesOf([inputs, height, width], "across", 320).scale));
    return gridOf(inputs, height, width, Math.min(inputs, 8), scale);
  }, [inputs, height, width]);
  return (
    <figure class="inside-large">
      <KernelCanvas layer={layer} layout={layout} first={map * inputs} label={label} />
      <figcaption class="faint">{label}</figcaption>
    </figure>
  );
}
