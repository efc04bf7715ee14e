import { Fragment } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { AdjointPanel } from "./adjointPanel.js";
import { ColumnsPanel } from "./columnsPanel.js";
import { Controls } from "./controls.js";
import type { Figure } from "./figure.js";
import { json } from "./format.js";
import { InputPlane } from "./inputPlane.js";
import { MatrixPanel } from "./matrixPanel.js";
import { OutputPlane } from "./outputPlane.js";
import { isInSight, keepTime } from "./play.js";
import { Player } from "./player.js";
import { Readouts } from "./readouts.js";
import { kernelSizeOf } from "./settings.js";
import { figure, image, kernel, position, settings } from "./store.js";
import { Sum } from "./sum.js";
import { t } from "./texts.js";
import "./bench.css";
import "./matrices.css";
import { useInSight } from "../ui/inSight.js";
import "./stage.css";
import "./sum.css";

/** A convolution taken apart: one window, one sum, one number; and the same map as a matrix, as im2col, as its adjoint. */
export function Bench() {
  const root = useRef<HTMLDivElement>(null);
  useEffect(keepTime, []);
  useInSight(root, isInSight);
  const shown = figure.value;
  return (
    <div
      ref={root}
      class="bench"
      data-position={position.value}
      data-bench
      data-settings={JSON.stringify({ ...settings.value, kernelSize: kernelSizeOf(settings.value) })}
      data-image={json(image.value)}
      data-kernel={json(kernel.value)}
      data-output={json(shown.output.values)}
    >
      <div class="card bench-main">
        <Stage figure={shown} />
        <Player figure={shown} />
        <Sum figure={shown} />
        <Readouts figure={shown} />
      </div>
      <Controls />
      <div class="bench-panels">
        <MatrixPanel figure={shown} />
        <ColumnsPanel figure={shown} />
        <AdjointPanel figure={shown} />
      </div>
    </div>
  );
}

/** The image with its border and the window, and what comes out. */
function Stage({ figure }: { readonly figure: Figure }) {
  const words = t.value;
  const { padded, output } = figure;
  const { operation, groups } = figure.settings;
  const connection = operation !== "conv" ? words.alone : groups > 1 ? words.grouped : words.mixed;
  const planes = (channels: number) => Array.from({ length: channels }, (_, channel) => channel);
  return (
    <div class="bench-stage" style={{ "--most": Math.max(padded.columns, 8) }}>
      <div class="bench-side">
        <h3>{words.input}</h3>
        {planes(padded.channels).map((channel) => (
          <Fragment key={channel}>
            {padded.channels > 1 && <p class="faint bench-channel">{words.channel(channel + 1)}</p>}
            <InputPlane figure={figure} channel={channel} />
          </Fragment>
        ))}
        <p class="faint">{words.inputAbout}</p>
      </div>
      <div class="bench-side">
        <h3>{words.output}</h3>
        {planes(output.channels).map((channel) => (
          <Fragment key={channel}>
            {output.channels > 1 && <p class="faint bench-channel">{words.channel(channel + 1)}</p>}
            <OutputPlane figure={figure} channel={channel} />
          </Fragment>
        ))}
        <p class="faint">{words.outputAbout}</p>
        {output.channels > 1 && <p data-connection>{connection}</p>}
      </div>
    </div>
  );
}
