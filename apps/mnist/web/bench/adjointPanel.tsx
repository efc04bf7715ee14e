import { Choice } from "../ui/choice.js";
import { flippedPlane, type Sent } from "./adjoint.js";
import { Cells } from "./cells.js";
import type { Figure } from "./figure.js";
import { json, long } from "./format.js";
import { t } from "./panelTexts.js";
import { kernelSizeOf, SIDE } from "./settings.js";
import { current, position, returned, sent } from "./store.js";
import { largestFinite } from "./tint.js";

const SENT = ["one", "all", "output"] as const satisfies readonly Sent[];

/** Where gradients of the output go: to the image, and to the kernel. */
export function AdjointPanel({ figure }: { readonly figure: Figure }) {
  const { adjoint } = t.value;
  const { settings, output, kernel } = figure;
  const { operation, stride, padding, mode, channels, groups } = settings;
  const gone = returned.value;
  const window = current.value;
  const [rows, columns] = kernelSizeOf(settings);
  const { identity } = gone;
  const isSeen = (pixel: number) => figure.matrix.values[position.value * figure.matrix.columns + pixel] !== 0;
  return (
    <section class="card bench-panel bench-adjoint" data-panel="adjoint" data-adjoint-image={json(gone.image)}>
      <h3>{adjoint.title}</h3>
      <p class="faint">
        {adjoint[operation]}
        {operation === "conv" && stride > 1 && adjoint.strided(stride - 1)}
        {operation === "conv" && padding > 0 && mode !== "zeros" && adjoint.borders[mode]}
      </p>
      <div data-control="sent">
        <Choice
          label={adjoint.send}
          value={sent.value}
          options={SENT.map((value) => ({ value, label: adjoint.sent[value] }))}
          onChange={(value) => {
            sent.value = value;
          }}
        />
      </div>
      <div class="bench-way">
        <Stack
          values={gone.y}
          size={output.rows * output.columns}
          columns={output.columns}
          label={adjoint.g}
          isMarked={(i) => i === position.value}
        />
        <b aria-hidden="true">Ŵᵀ →</b>
        <Stack
          values={gone.image}
          size={SIDE * SIDE}
          columns={SIDE}
          label={adjoint.image}
          isMarked={(i) => sent.value === "one" && isSeen(i)}
        />
        {gone.kernel !== undefined && (
          <>
            <b aria-hidden="true">X̂ᵀ →</b>
            <Stack
              values={gone.kernel}
              size={rows * columns}
              columns={columns}
              label={adjoint.kernel}
              across={channels / groups}
            />
            <Stack
              values={flippedPlane(figure, window.channel * (channels / groups)).values}
              size={rows * columns}
              columns={columns}
              label={adjoint.flipped}
              largest={largestFinite(kernel)}
            />
          </>
        )}
      </div>
      <p class="number faint bench-identity" data-identity={json([identity.output, identity.image])}>
        <span>⟨Ŵ x, g⟩ = {long(identity.output)}</span>
        <span>= ⟨x, Ŵᵀ g⟩ = {long(identity.image)}</span>
        {identity.kernel !== undefined && <span>= ⟨w, X̂ᵀ g⟩ = {long(identity.kernel)}</span>}
      </p>
    </section>
  );
}

/** Planes of numbers under a name. */
function Stack(props: {
  readonly values: Float64Array;
  /** Numbers in a plane. */
  readonly size: number;
  readonly columns: number;
  readonly label: string;
  readonly largest?: number;
  /** Planes side by side. */
  readonly across?: number;
  isMarked?(index: number): boolean;
}) {
  const { values, size, columns, label, across = 1, isMarked } = props;
  const largest = props.largest ?? largestFinite(values);
  return (
    <figure>
      <div class="bench-stack" style={{ "--across": across }}>
        {Array.from({ length: values.length / size }, (_, plane) => (
          <Cells
            key={plane}
            class="is-small"
            values={values.subarray(plane * size, (plane + 1) * size)}
            columns={columns}
            largest={largest}
            isSigned={true}
            label={label}
            isMarked={(i) => isMarked?.(plane * size + i) ?? false}
          />
        ))}
      </div>
      <figcaption>{label}</figcaption>
    </figure>
  );
}
