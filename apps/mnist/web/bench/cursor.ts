/** Where an arrow key leads from a cell of a grid, row by row; undefined for other keys. */
export function stepFrom(index: number, key: string, rows: number, columns: number): number | undefined {
  const [row, column] = [Math.floor(index / columns), index % columns];
  switch (key) {
    case "ArrowLeft":
      return row * columns + Math.max(0, column - 1);
    case "ArrowRight":
      return row * columns + Math.min(columns - 1, column + 1);
    case "ArrowUp":
      return Math.max(0, row - 1) * columns + column;
    case "ArrowDown":
      return Math.min(rows - 1, row + 1) * columns + column;
    case "Home":
      return row * columns;
    case "End":
      return row * columns + columns - 1;
    default:
      return undefined;
  }
}

/** Leads the keyboard to a cell of the grid that an event happened in. */
export function focusCell(grid: HTMLElement, index: number): void {
  grid.querySelector<HTMLElement>(`[data-index="${index}"]`)?.focus();
}
