import { useLayoutEffect, useRef } from "preact/hooks";
import { type ColorMap, inkMap, largestOf, signedMap } from "./colors.js";
import { isDark } from "./theme.js";

/** Numbers of a plane as a picture, a pixel each; CSS gives it its size. */
export function Pixels(props: {
  /** Row by row: height × width numbers. */
  readonly values: ArrayLike<number>;
  readonly width: number;
  readonly height: number;
  /** What the picture shows, for those who do not see it; empty if the text beside says it. */
  readonly label: string;
  /** From blue over paper to orange, for numbers of both signs; else from paper to ink. Default: false. */
  readonly isSigned?: boolean;
  /** The number that has the full colour. Default: the largest absolute value. */
  readonly largest?: number;
  readonly class?: string;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { values, width, height, label, isSigned = false } = props;
  const dark = isDark.value;
  useLayoutEffect(() => {
    const largest = props.largest ?? largestOf(values);
    const map = isSigned ? signedMap(largest, dark) : inkMap(largest, dark);
    if (canvas.current !== null) paint(canvas.current, values, map);
  }, [values, width, height, props.largest, isSigned, dark]);
  const named = label === "" ? { "aria-hidden": true } : { role: "img", "aria-label": label };
  return (
    <canvas ref={canvas} width={width} height={height} class={`pixels ${props.class ?? ""}`} {...(named as object)} />
  );
}

/** Paints numbers, row by row, over the whole of a canvas. */
export function paint(canvas: HTMLCanvasElement, values: ArrayLike<number>, map: ColorMap): void {
  const context = canvas.getContext("2d");
  if (context === null) return;
  const image = context.createImageData(canvas.width, canvas.height);
  for (let i = 0; i < canvas.width * canvas.height; i++) {
    const [red, green, blue] = map(values[i]);
    image.data.set([red, green, blue, 255], 4 * i);
  }
  context.putImageData(image, 0, 0);
}
