import type { Block } from "../../src/model.js";
import { Choice } from "../ui/choice.js";
import { CHOICES } from "./read.js";
import { t } from "./texts.js";

/** A block of the network, with everything that can be changed in it. */
export function BlockCard(props: {
  readonly number: number;
  readonly block: Block;
  readonly channelsIn: number;
  /** The shape that leaves it; empty if the network does not fit together. */
  readonly output: string;
  onChange(changed: Partial<Block>): void;
  readonly onRemove: (() => void) | undefined;
}) {
  const { number, block, channelsIn, output, onChange, onRemove } = props;
  const texts = t.value;
  const plain = (values: readonly number[]) => values.map((value) => ({ value, label: String(value) }));
  const yesNo = [
    { value: true, label: texts.yes },
    { value: false, label: texts.no },
  ];
  const groups = CHOICES.groups.map((value) => {
    const undivided = [channelsIn, block.channels].find((channels) => channels % value !== 0);
    return {
      value,
      label: String(value),
      whyNot: undivided === undefined || value === block.groups ? undefined : texts.doesNotDivide(value, undivided),
    };
  });
  return (
    <li class="card architecture-block" data-block={number - 1}>
      <header>
        <h3>{texts.block(number)}</h3>
        <p class="faint">
          {texts.blockAbout}
          {output !== "" && <span class="number"> {texts.output(output)}</span>}
        </p>
      </header>
      <Choice
        label={texts.channels}
        value={block.channels}
        options={plain(CHOICES.channels)}
        onChange={(channels) => onChange({ channels })}
      />
      <Choice
        label={texts.kernelSize}
        value={block.kernelSize}
        options={CHOICES.kernelSize.map((value) => ({ value, label: `${value}×${value}` }))}
        onChange={(kernelSize) => onChange({ kernelSize })}
      />
      <Choice
        label={texts.stride}
        value={block.stride}
        options={plain(CHOICES.stride)}
        onChange={(stride) => onChange({ stride })}
      />
      <Choice
        label={texts.dilation}
        value={block.dilation}
        options={plain(CHOICES.dilation)}
        onChange={(dilation) => onChange({ dilation })}
      />
      <Choice
        label={texts.groups}
        value={block.groups}
        options={groups}
        onChange={(value) => onChange({ groups: value })}
      />
      <Choice label={texts.pool} value={block.pool} options={yesNo} onChange={(pool) => onChange({ pool })} />
      <Choice
        label={texts.batchNorm}
        value={block.batchNorm}
        options={yesNo}
        onChange={(batchNorm) => onChange({ batchNorm })}
      />
      <Choice
        label={texts.paddingMode}
        value={block.paddingMode}
        options={CHOICES.paddingMode.map((value) => ({ value, label: texts.paddingModes[value] }))}
        onChange={(paddingMode) => onChange({ paddingMode })}
      />
      {onRemove !== undefined && (
        <button type="button" class="button plain" onClick={onRemove}>
          {texts.remove}
        </button>
      )}
    </li>
  );
}
