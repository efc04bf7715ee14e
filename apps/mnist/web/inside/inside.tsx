import { useEffect, useRef, useState } from "preact/hooks";
import { CLASSES } from "../../src/model.js";
import { evaluation } from "../state.js";
import { Choice } from "../ui/choice.js";
import { useInSight } from "../ui/inSight.js";
import { Confusion } from "./confusion.js";
import { PlaceFigure } from "./figure.js";
import { Readout } from "./readout.js";
import { loadSample } from "./sample.js";
import { targetText } from "./targetText.js";
import { t } from "./texts.js";
import {
  areAllFlipped,
  flipAll,
  isAnyFlipped,
  isOnScreen,
  keepLooking,
  look,
  pinned,
  places,
  predicted,
  wanted,
} from "./view.js";
import "./inside.css";
import "./told.css";

/** Pixels of the screen that the maps of a layer may take from top to bottom. */
const HEIGHT = 478;

/** Every layer of the network for the digit: activations, gradients, what each pixel sees. */
export function Inside() {
  const network = useRef<HTMLElement>(null);
  const width = useWidth(network);
  useEffect(() => {
    loadSample();
    return keepLooking();
  }, []);
  useInSight(network, isOnScreen);
  const isWide = width >= 860;
  const of = look.value?.of;
  return (
    <div
      class="inside"
      data-inside
      data-mode={isAnyFlipped.value ? "adjoint" : "forward"}
      data-predicted={predicted.value}
      data-target={of === undefined ? undefined : `${of.place - 1}.${of.unit}`}
    >
      <Switch />
      <section class={`card inside-network ${isWide ? "wide" : "tall"}`} ref={network} aria-label={t.value.network}>
        {width > 0 &&
          places.value.map((place) => (
            <PlaceFigure
              key={place.place}
              place={place}
              direction={isWide ? "down" : "across"}
              room={isWide ? HEIGHT : width}
            />
          ))}
      </section>
      <Readout />
      <Confusion evaluation={evaluation.value} />
    </div>
  );
}

/** Activations or gradients, and whose. */
function Switch() {
  const { flip, flipBack, forwardAbout, adjointAbout, whose, predicted: prediction, unit, unitWhyNot } = t.value;
  const digits = Array.from({ length: CLASSES }, (_, digit) => ({
    value: digit as number | string,
    label: String(digit),
  }));
  const options = [
    { value: "predicted" as number | string, label: prediction(String(predicted.value ?? "")) },
    ...digits,
    { value: "unit" as number | string, label: unit, whyNot: pinned.value === undefined ? unitWhyNot : undefined },
  ];
  return (
    <div class="inside-switch">
      <button type="button" class="button primary" data-flip onClick={flipAll}>
        {areAllFlipped.value ? flipBack : flip}
      </button>
      <Choice
        label={whose}
        value={wanted.value as number | string}
        options={options}
        onChange={(value) => {
          wanted.value = value as typeof wanted.value;
        }}
      />
      <p class="faint">{isAnyFlipped.value ? adjointAbout(targetText()) : forwardAbout}</p>
    </div>
  );
}

/** Pixels inside an element, as the window changes. */
function useWidth(element: { readonly current: HTMLElement | null }): number {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const observer = new ResizeObserver(([{ contentRect }]) => setWidth(Math.floor(contentRect.width)));
    observer.observe(element.current as HTMLElement);
    return () => observer.disconnect();
  }, []);
  return width;
}
