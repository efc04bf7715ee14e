import type { Conv2d } from "@conv/nn";
import { effect } from "@preact/signals";
import { useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { largestOf } from "../ui/colors.js";
import { isDark } from "../ui/theme.js";
import { paintOn, paletteOf } from "./paintTiles.js";
import { t } from "./texts.js";
import { gridOf, type Tiles } from "./tiles.js";
import { look } from "./view.js";

/** The kernels of a convolution: a row for every output map, a column for every input map it sees; of one input, tiles. */
export function Kernels(props: {
  readonly layer: Conv2d;
  readonly maps: Tiles;
  readonly name: string;
  readonly chosen: number | undefined;
}) {
  const { layer, maps, name, chosen } = props;
  const [outputs, inputs, height, width] = layer.weight.shape;
  const layout = useMemo(() => {
    const across = inputs === 1 ? Math.max(2, maps.across) : inputs;
    const room = Math.max(maps.canvasWidth * maps.scale, 84);
    const scale = Math.max(1, Math.min(7, Math.floor((room + 1) / (across * (width + 1)))));
    return gridOf(outputs * inputs, height, width, across, scale);
  }, [outputs, inputs, height, width, maps]);
  const row = chosen === undefined ? undefined : rowOf(layout, inputs, chosen);
  return (
    <div class="inside-kernels">
      <span class="faint">{t.value.kernels}</span>
      <div class="inside-sheet">
        <KernelCanvas layer={layer} layout={layout} first={0} label={t.value.kernelsLabel(name, outputs, inputs)} />
        {row !== undefined && (
          <svg aria-hidden="true" viewBox={`0 0 ${layout.canvasWidth} ${layout.canvasHeight}`}>
            <rect class="inside-unit" {...row} />
          </svg>
        )}
      </div>
    </div>
  );
}

/** Where the kernels of an output map are. */
function rowOf({ width, height, across }: Tiles, inputs: number, output: number) {
  const first = output * inputs;
  return {
    x: (first % across) * (width + 1),
    y: Math.floor(first / across) * (height + 1),
    width: inputs * (width + 1) - 1,
    height,
  };
}

/** Kernels from the first one on, as they are now; all kernels of the layer share their colours. */
export function KernelCanvas(props: {
  readonly layer: Conv2d;
  readonly layout: Tiles;
  readonly first: number;
  readonly label: string;
}) {
  const { layer, layout, first, label } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(
    () =>
      effect(() => {
        look.value; // whenever the weights are looked at
        if (canvas.current === null) return;
        const weights = layer.weight.dataSync();
        const values = weights.subarray(first * layout.width * layout.height);
        const picture = { values, largest: largestOf(weights), palette: paletteOf(true, isDark.value) };
        paintOn(canvas.current, layout, () => picture);
      }),
    [layer, layout, first],
  );
  const size = { width: `${layout.canvasWidth * layout.scale}px`, height: `${layout.canvasHeight * layout.scale}px` };
  return (
    <canvas
      ref={canvas}
      class="pixels"
      width={layout.canvasWidth}
      height={layout.canvasHeight}
      style={size}
      role="img"
      aria-label={label}
    />
  );
}
