import { effect } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { largestOf } from "../ui/colors.js";
import { isDark } from "../ui/theme.js";
import type { Place } from "./layers.js";
import { outlineOf } from "./outline.js";
import { type MapPicture, paintOn, paletteOf } from "./paintTiles.js";
import { shownDigit } from "./sample.js";
import { t } from "./texts.js";
import { cornerOf, moved, placeOf, type Tiles, unitAt } from "./tiles.js";
import { useTurn } from "./turn.js";
import { chosen, flipMap, isFlipped, look, pinned, places, pointed, regions } from "./view.js";

/** How much later each column turns: the way the numbers go. */
const LATER = 28;

/** The maps of a tensor: activations, or gradients of those that are flipped; each pixel can be pointed at. */
export function Plane({
  place,
  layout,
  name,
}: {
  readonly place: Place;
  readonly layout: Tiles;
  readonly name: string;
}) {
  const turning = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const at = place.place;
  const side = Array.from({ length: layout.count }, (_, map) => (isFlipped(at, map) ? "1" : "0")).join("");
  const steps = side.includes("1") ? places.value.length - 1 - at : at;
  const shown = useTurn(turning, side, LATER * steps);

  useLayoutEffect(
    () =>
      effect(() => {
        if (canvas.current !== null) paintPlace(canvas.current, at, layout, shown.value);
      }),
    [at, layout],
  );

  const mark = (unit: number | undefined) => {
    pointed.value = unit === undefined ? undefined : { place: at, unit };
  };
  const keep = (unit: number) => {
    const isKept = pinned.value?.place === at && pinned.value.unit === unit;
    pinned.value = isKept ? undefined : { place: at, unit };
  };
  const unitUnder = (event: PointerEvent | MouseEvent) => {
    const box = (event.currentTarget as Element).getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * layout.canvasWidth;
    return unitAt(layout, x, ((event.clientY - box.top) / box.height) * layout.canvasHeight);
  };
  const press = (event: KeyboardEvent) => {
    const unit = pointed.value?.place === at ? pointed.value.unit : 0;
    const next = moved(layout, unit, event.key);
    if (next !== undefined) mark(next);
    else if (event.key === "Enter" || event.key === " ") keep(unit);
    else if (event.key === "f" || event.key === "F") flipMap(at, placeOf(layout, unit).map);
    else return;
    event.preventDefault();
  };
  return (
    <div
      class="inside-plane"
      ref={turning}
      style={{ width: `${layout.canvasWidth * layout.scale}px`, height: `${layout.canvasHeight * layout.scale}px` }}
    >
      <canvas ref={canvas} width={layout.canvasWidth} height={layout.canvasHeight} class="pixels" />
      <svg
        role="application"
        aria-label={t.value.plane(name, place.shape.join(" × "))}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: its pixels are chosen with the arrow keys
        tabIndex={0}
        viewBox={`0 0 ${layout.canvasWidth} ${layout.canvasHeight}`}
        preserveAspectRatio="none"
        onPointerMove={(event) => mark(unitUnder(event))}
        onPointerLeave={() => mark(undefined)}
        onClick={(event) => {
          const unit = unitUnder(event);
          if (unit !== undefined) keep(unit);
        }}
        onFocus={() => {
          if (pointed.value?.place !== at) mark(pinned.value?.place === at ? pinned.value.unit : 0);
        }}
        onBlur={() => mark(undefined)}
        onKeyDown={press}
      >
        <Maps at={at} layout={layout} />
        <Seen at={at} layout={layout} />
      </svg>
    </div>
  );
}

/** Where each map is. */
function Maps({ at, layout }: { readonly at: number; readonly layout: Tiles }) {
  const layer = at === 0 ? "input" : String(at - 1);
  return (
    <>
      {Array.from({ length: layout.count }, (_, map) => {
        const [x, y] = cornerOf(layout, map);
        const mode = isFlipped(at, map) ? "adjoint" : "forward";
        const key = `${layer}.${map}`;
        return (
          <rect
            key={key}
            data-map={key}
            data-mode={mode}
            x={x}
            y={y}
            width={layout.width}
            height={layout.height}
            fill="none"
          />
        );
      })}
    </>
  );
}

/** What the chosen unit sees here; or where it is. */
function Seen({ at, layout }: { readonly at: number; readonly layout: Tiles }) {
  const region = regions.value[at];
  if (region === undefined) return null;
  const isItself = chosen.value?.place === at;
  return (
    <path
      class={isItself ? "inside-unit" : "inside-seen"}
      data-seen={JSON.stringify(hull(region))}
      d={outlineOf(layout, region)}
    />
  );
}

/** First and last position along each axis. */
const hull = (region: readonly (readonly number[])[]) =>
  region.map((positions) => (positions.length === 0 ? [] : [positions[0], positions[positions.length - 1]]));

/** Paints a tensor: for each map activation or gradient, as `side` has it. */
function paintPlace(canvas: HTMLCanvasElement, at: number, layout: Tiles, side: string): void {
  const { activations, gradients, inputGradient, model } = look.value ?? { activations: [], gradients: [] };
  const dark = isDark.value;
  const values = at === 0 ? shownDigit.value : activations[at - 1];
  const gradient = at === 0 ? inputGradient : gradients[at - 1];
  const isStale = model !== undefined && values?.length !== layout.size; // of another network
  if (values === undefined || isStale) return;
  const forward = pictureOf(
    values,
    values.some((value) => value < 0),
    dark,
  );
  const back = gradient === undefined ? forward : pictureOf(gradient, true, dark);
  paintOn(canvas, layout, (map) => (side[map] === "1" ? back : forward));
}

function pictureOf(values: ArrayLike<number>, isSigned: boolean, dark: boolean): MapPicture {
  return { values, largest: largestOf(values), palette: paletteOf(isSigned, dark) };
}
