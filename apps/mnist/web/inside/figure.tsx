import { Conv2d } from "@conv/nn";
import { effect } from "@preact/signals";
import { useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { thousands } from "../train/format.js";
import { Classes } from "./classes.js";
import { Kernels } from "./kernels.js";
import { bytesText, type Place } from "./layers.js";
import { Plane } from "./plane.js";
import { t } from "./texts.js";
import { placeOf, tilesOf } from "./tiles.js";
import { chosen, flipPlace, isAnyFlipped, isPlaceFlipped, look, places } from "./view.js";

/** A layer: what it is called, what it does, its maps, its kernels, its sizes. */
export function PlaceFigure(props: {
  readonly place: Place;
  readonly direction: "down" | "across";
  readonly room: number;
}) {
  const { place, direction, room } = props;
  const { digit, flipOne } = t.value;
  const layout = useMemo(() => tilesOf(place.shape, direction, room), [place, direction, room]);
  const isBack = isPlaceFlipped(place.place);
  const name = place.place === 0 ? digit : place.name;
  const unit = chosen.value?.place === place.place ? chosen.value.unit : undefined;
  const figure = useRef<HTMLElement>(null);
  useLayoutEffect(() => (place.place === 0 ? tellGradient(figure.current as HTMLElement) : undefined), [place.place]);
  return (
    <figure
      ref={figure}
      class="inside-place"
      data-layer={place.place === 0 ? "input" : place.place - 1}
      data-shape={place.shape.join(",")}
      data-mode={isBack ? "adjoint" : "forward"}
    >
      <figcaption>
        <strong>{name}</strong>
        <span class="number faint">{place.shape.join("×")}</span>
        <button
          type="button"
          class="inside-flip"
          aria-pressed={isBack}
          title={flipOne(name)}
          onClick={() => flipPlace(place.place)}
        >
          <i>{isBack ? place.adjoint : place.formula}</i>
          <span class="visually-hidden"> {flipOne(name)}</span>
        </button>
      </figcaption>
      <div class="inside-maps">
        <Plane place={place} layout={layout} name={name} />
        {place.place === places.value.length - 1 && layout.size <= 16 && <Classes />}
      </div>
      <div class="inside-under">
        {place.layer instanceof Conv2d && (
          <Kernels
            layer={place.layer}
            maps={layout}
            name={name}
            chosen={unit === undefined ? undefined : placeOf(layout, unit).map}
          />
        )}
      </div>
      <Sizes place={place} />
    </figure>
  );
}

/** Parameters, work, memory, receptive field. */
function Sizes({ place }: { readonly place: Place }) {
  const { parameters, macs, memory, field, all, fieldAbout, macsAbout, memoryAbout } = t.value;
  const count = (value: number) => (value === 0 ? "–" : thousands(value));
  return (
    <dl class="inside-sizes">
      <div>
        <dt>{parameters}</dt>
        <dd class="number">{count(place.parameters)}</dd>
      </div>
      <div title={macsAbout}>
        <dt>{macs}</dt>
        <dd class="number">{count(place.macs)}</dd>
      </div>
      <div title={memoryAbout}>
        <dt>{memory}</dt>
        <dd class="number">{bytesText(place.bytes)}</dd>
      </div>
      <div title={fieldAbout}>
        <dt>{field}</dt>
        <dd class="number">{place.field === "all" ? all : place.field.join("×")}</dd>
      </div>
    </dl>
  );
}

/** Writes the gradient of the input beside it, for those who read the page by program, while it is shown. */
function tellGradient(figure: HTMLElement): () => void {
  return effect(() => {
    const gradient = look.value?.inputGradient;
    if (gradient === undefined || !isAnyFlipped.value) delete figure.dataset.inputGradient;
    else figure.dataset.inputGradient = JSON.stringify(Array.from(gradient, (value) => Number(value.toPrecision(9))));
  });
}
