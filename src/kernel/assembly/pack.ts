import { HALF_PANEL, PANEL } from './product'

/**
 * Writes rows [from, from + rows) of B's panels, [panel][panelRows][16 or 8 columns], from any strided matrix:
 * element (row, column) of it lies `row x rowStride + column x columnStride` bytes after `source`. Columns past
 * `known` are written as zeros, so that matrices of any width fill whole panels.
 */
export function packPanels(
  columns: i32,
  known: i32,
  rows: i32,
  source: usize,
  rowStride: usize,
  columnStride: usize,
  panels: usize,
  panelRows: i32,
  from: i32,
): void {
  for (let first = 0; first < columns; ) {
    const width = first + PANEL <= columns ? PANEL : HALF_PANEL
    let to = panels + ((<usize>(first * panelRows + from * width)) << 2)
    for (let row = 0; row < rows; row++) {
      const at = source + <usize>row * rowStride
      for (let column = first; column < first + width; column++) {
        store<f32>(to, column < known ? load<f32>(at + <usize>column * columnStride) : 0)
        to += 4
      }
    }
    first += width
  }
}
