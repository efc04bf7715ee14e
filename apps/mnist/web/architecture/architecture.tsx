import { computed, signal } from "@preact/signals";
import type { Block, Architecture as Layers } from "../../src/model.js";
import { architecture } from "../state.js";
import { nextSettings } from "../train/controls.js";
import { thousands } from "../train/format.js";
import { start } from "../train/session.js";
import { Choice } from "../ui/choice.js";
import { BlockCard } from "./blockCard.js";
import { HIDDEN, MOST_BLOCKS } from "./read.js";
import { Runs } from "./runs.js";
import { channelsInto, type Sketch, sketch } from "./sketch.js";
import { t } from "./texts.js";
import "./architecture.css";

/** What is being built; undefined while it is the network that learns. */
const edited = signal<Layers | undefined>(undefined);
const shown = computed(() => edited.value ?? architecture.value);
const sizes = computed<Sketch | string>(() => {
  try {
    return sketch(shown.value);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
});

const edit = (changed: Partial<Layers>) => {
  edited.value = { ...shown.value, ...changed };
};

/** What a block that is added looks like. */
const NEW_BLOCK: Block = {
  channels: 16,
  kernelSize: 3,
  stride: 1,
  dilation: 1,
  groups: 1,
  paddingMode: "zeros",
  batchNorm: false,
  pool: false,
};

/** The network as blocks that can be changed, and the runs of those that were trained. */
export function Architecture() {
  const { wrong, add, head, headAbout, hidden, train, isCurrent, totals } = t.value;
  const { blocks, hidden: features } = shown.value;
  const drawn = sizes.value;
  const isWrong = typeof drawn === "string";
  const setBlock = (index: number, block: Block | undefined) =>
    edit({ blocks: blocks.flatMap((other, i) => (i === index ? (block ?? []) : other)) });
  const trainIt = async () => {
    await start({ ...nextSettings(), architecture: shown.value });
    edited.value = undefined;
    document.getElementById("train")?.scrollIntoView();
  };
  return (
    <div class="architecture" data-architecture={JSON.stringify(shown.value)}>
      <ol class="architecture-blocks">
        {blocks.map((block, index) => (
          <BlockCard
            key={index}
            number={index + 1}
            block={block}
            channelsIn={channelsInto(shown.value, index)}
            output={isWrong ? "" : drawn.shapes[index]}
            onChange={(changed) => setBlock(index, { ...block, ...changed })}
            onRemove={blocks.length > 1 ? () => setBlock(index, undefined) : undefined}
          />
        ))}
        <li class="architecture-end">
          {blocks.length < MOST_BLOCKS && (
            <button
              type="button"
              class="architecture-add"
              onClick={() => edit({ blocks: [...blocks, NEW_BLOCK] })}
              data-do="add"
            >
              + {add}
            </button>
          )}
          <div class="card architecture-block">
            <header>
              <h3>{head}</h3>
              <p class="faint">{headAbout}</p>
            </header>
            <Choice
              label={hidden}
              value={features}
              options={HIDDEN.map((value) => ({ value, label: String(value) }))}
              onChange={(value) => edit({ hidden: value })}
            />
          </div>
        </li>
      </ol>
      <div class="architecture-train">
        <button type="button" class="button primary" disabled={isWrong} onClick={trainIt} data-do="train">
          {train}
        </button>
        <p class={isWrong ? "architecture-wrong" : "faint"} role="status">
          {isWrong ? wrong(drawn) : totals(thousands(drawn.parameters), thousands(drawn.macs))}
          {!isWrong && edited.value === undefined && ` ${isCurrent}`}
        </p>
      </div>
      <Runs />
    </div>
  );
}
