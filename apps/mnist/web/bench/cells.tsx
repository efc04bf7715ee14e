import { isDark } from "../ui/theme.js";
import { short } from "./format.js";
import { tinting } from "./tint.js";

/** Numbers in their colours, to be looked at: a small matrix. */
export function Cells(props: {
  readonly values: ArrayLike<number>;
  readonly columns: number;
  /** The number with the full colour. */
  readonly largest: number;
  readonly isSigned?: boolean;
  /** What the matrix shows, for those who do not see it. */
  readonly label: string;
  /** Cells that stand out. */
  isMarked?(index: number): boolean;
  isBorder?(index: number): boolean;
  readonly class?: string;
}) {
  const { values, columns, largest, isSigned = false, label } = props;
  const tint = tinting(largest, isSigned, isDark.value);
  return (
    <div
      class={`bench-cells ${props.class ?? ""}`}
      style={{ "--columns": columns }}
      role="img"
      aria-label={`${label}: ${Array.from(values, short).join(" ")}`}
    >
      {Array.from(values, (value, i) => (
        <span
          key={i}
          style={tint(value, props.isBorder?.(i))}
          class={[props.isMarked?.(i) ? "is-marked" : "", props.isBorder?.(i) ? "is-border" : ""].join(" ")}
        >
          {short(value)}
        </span>
      ))}
    </div>
  );
}
