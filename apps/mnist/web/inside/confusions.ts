/** How often each class was taken for which. */
export interface Confusions {
  /** Entry [label][prediction]. */
  readonly counts: readonly (readonly number[])[];
  /** The largest count off the diagonal, and on it. */
  readonly mostWrong: number;
  readonly mostRight: number;
  /** All of them, and those that are wrong. */
  readonly total: number;
  readonly wrong: number;
}

/** Counts what was taken for what. */
export function countConfusions(
  { labels, predictions }: { readonly labels: ArrayLike<number>; readonly predictions: ArrayLike<number> },
  classes: number,
): Confusions {
  const counts = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (let i = 0; i < labels.length; i++) counts[labels[i]][predictions[i]]++;
  const right = counts.map((row, label) => row[label]);
  const wrongs = counts.flatMap((row, label) => row.filter((_, prediction) => prediction !== label));
  const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);
  return {
    counts,
    mostWrong: Math.max(0, ...wrongs),
    mostRight: Math.max(0, ...right),
    total: labels.length,
    wrong: sum(wrongs),
  };
}
