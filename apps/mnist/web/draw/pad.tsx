import { useLayoutEffect, useRef } from "preact/hooks";
import { isDark } from "../ui/theme.js";
import { type Point, RADIUS_ON_PAD, type Stroke } from "./rasterise.js";
import { draw, strokes, touch } from "./strokes.js";

/** Dots of the canvas along a side. */
const SIDE = 560;

/** Where one draws: with mouse, pen or finger. */
export function Pad(props: { readonly label: string; readonly hint: string; onStroke(): void }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const drawn = strokes.value;
  const dark = isDark.value;
  useLayoutEffect(() => {
    if (canvas.current !== null) ink(canvas.current, drawn);
  }, [drawn, dark]);
  const place = (event: PointerEvent): Point => {
    const box = (canvas.current as HTMLCanvasElement).getBoundingClientRect();
    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
  };
  const pen = useRef<number | undefined>(undefined);
  return (
    <div class="draw-pad">
      <canvas
        ref={canvas}
        width={SIDE}
        height={SIDE}
        role="img"
        aria-label={props.label}
        data-draw-pad
        onPointerDown={(event) => {
          if (event.button !== 0 || !event.isPrimary) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          pen.current = event.pointerId;
          touch(place(event));
        }}
        onPointerMove={(event) => {
          if (event.pointerId !== pen.current) return; // a second finger
          const all = event.getCoalescedEvents?.() ?? []; // more points than frames; older browsers have none
          draw((all.length > 0 ? all : [event]).map(place));
        }}
        onLostPointerCapture={(event) => {
          if (event.pointerId !== pen.current) return;
          pen.current = undefined;
          props.onStroke();
        }}
      />
      {drawn.length === 0 && <p aria-hidden="true">{props.hint}</p>}
    </div>
  );
}

/** Draws the strokes on the canvas. */
function ink(canvas: HTMLCanvasElement, drawn: readonly Stroke[]): void {
  const context = canvas.getContext("2d");
  if (context === null) return;
  context.clearRect(0, 0, SIDE, SIDE);
  context.strokeStyle = getComputedStyle(canvas).color;
  context.lineWidth = 2 * RADIUS_ON_PAD * SIDE;
  context.lineCap = "round";
  context.lineJoin = "round";
  for (const stroke of drawn) {
    context.beginPath();
    for (const [x, y] of stroke.length === 1 ? [...stroke, ...stroke] : stroke) context.lineTo(x * SIDE, y * SIDE);
    context.stroke();
  }
}
