import type { Finding } from "./finding.js";
import { deviation, mean, median } from "./statistics.js";

/** What is told of a model. */
export type Quantity = keyof typeof QUANTITIES;

interface Description {
  /** The head of its column. */
  readonly head: string;
  /** One value for each seed; one in all where nothing is left to chance. */
  of(finding: Finding): readonly number[];
  /** Those values as text. `first` are those of the table's first row. */
  format(values: readonly number[], first: readonly number[]): string;
  readonly isExact?: true;
}

const whole = ([value]: readonly number[]): string => value.toLocaleString("en-US");

/** `97.2 ± 0.4 %`: mean and standard deviation over the seeds. */
function percent(shares: readonly number[]): string {
  const spread = deviation(shares);
  const text = (share: number) => (100 * share).toFixed(1);
  return `${text(mean(shares))}${spread === undefined ? "" : ` ± ${text(spread)}`} %`;
}

/** Recognised digits, moved by so many pixels. */
const shifted = (pixels: number): Description => ({
  head: `shifted ${pixels} px`,
  of: ({ accuracy }) => accuracy[pixels],
  format: percent,
});

const QUANTITIES = {
  parameters: { head: "parameters", of: ({ cost }) => [cost.parameters], format: whole, isExact: true },
  macs: { head: "MACs", of: ({ cost }) => [cost.macs], format: whole, isExact: true },
  field: { head: "field", of: ({ cost }) => [cost.field], format: (value) => `${whole(value)} px`, isExact: true },
  accuracy: { head: "accuracy", of: ({ accuracy }) => accuracy[0], format: percent },
  shift1: shifted(1),
  shift2: shifted(2),
  shift3: shifted(3),
  step: {
    head: "step",
    of: ({ stepMilliseconds }) => stepMilliseconds,
    format: (times, first) => `${(median(times) / median(first)).toFixed(2)}×`,
  },
} satisfies Readonly<Record<string, Description>>;

/** How a quantity is called, read and written. */
export const describe = (quantity: Quantity): Description => QUANTITIES[quantity];

/** The shifts, in pixels, that these quantities need; 0 always. */
export function shiftsFor(quantities: readonly Quantity[]): readonly number[] {
  return [0, 1, 2, 3].filter((pixels) => pixels === 0 || quantities.some((quantity) => quantity === `shift${pixels}`));
}
