import type { Signal } from "@preact/signals";
import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";

/** Keeps told whether an element is in sight: what nobody sees need not be computed. */
export function useInSight(element: RefObject<Element | null>, isInSight: Signal<boolean>): void {
  useEffect(() => {
    const observer = new IntersectionObserver(
      (entries) => {
        isInSight.value = entries.at(-1)?.isIntersecting ?? false; // the newest
      },
      { rootMargin: "200px" },
    );
    if (element.current !== null) observer.observe(element.current);
    return () => observer.disconnect();
  }, []);
}
