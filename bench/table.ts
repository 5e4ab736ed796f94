import type { Line } from './harness.ts'

/** The lines of a bench for people, `unit` being what an item is: `ticks`. */
export function tableOf(lines: readonly Line[], unit: string): string {
  const rows = [
    ['', `${unit}/s`, 'slowest-fastest', 'bytes held', 'ratio', 'target'],
    ...lines.map((line) => [
      line.name,
      whole(line.itemsPerSecond),
      `${whole(line.slowest)}-${whole(line.fastest)}`,
      whole(line.bytesHeld),
      line.ratio === undefined ? '' : `${line.ratio.toFixed(2)} of ${line.against}`,
      line.target === undefined
        ? ''
        : `${line.target} ${(line.ratio ?? 0) >= line.target ? 'reached' : 'missed'}`,
    ]),
  ]
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  return rows
    .map((row) =>
      row
        .map((cell, column) =>
          column === 0 || column > 3 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

const whole = (value: number): string => Math.round(value).toLocaleString('en-US')
