import { type Signal, useSignal } from "@preact/signals";
import type { RefObject } from "preact";
import { useLayoutEffect } from "preact/hooks";

/** Milliseconds of half a turn. */
const HALF = 170;

/**
 * What an element shows, when that may be either of its two sides: it turns, and changes in the middle, where nobody sees it.
 * Who prefers less motion sees it change at once.
 *
 * @param side What it shall show.
 * @param delay Milliseconds until it begins.
 */
export function useTurn(element: RefObject<HTMLElement | null>, side: string, delay: number): Signal<string> {
  const shown = useSignal(side);
  useLayoutEffect(() => {
    const turning = element.current;
    if (shown.peek() === side || turning === null) return;
    const isOther = shown.peek().length !== side.length; // the maps of another network
    if (isOther || matchMedia("(prefers-reduced-motion: reduce)").matches) {
      shown.value = side;
      return;
    }
    const away = turning.animate([{ transform: "rotateY(0)" }, { transform: "rotateY(90deg)" }], {
      duration: HALF,
      delay,
      easing: "ease-in",
      fill: "forwards",
    });
    const finish = () => {
      shown.value = side;
      away.cancel();
    };
    away.onfinish = () => {
      finish();
      turning.animate([{ transform: "rotateY(-90deg)" }, { transform: "rotateY(0)" }], {
        duration: HALF,
        easing: "ease-out",
      });
    };
    return () => {
      if (away.playState !== "finished" && shown.peek() !== side) away.cancel();
    };
  }, [side]);
  return shown;
}
