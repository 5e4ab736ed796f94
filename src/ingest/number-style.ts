import type { Channel } from '../domain/station.ts'
import { isMissing, missingWords, type NumberStyle } from './cell.ts'
import { numberHint, ungrouped } from './number-text.ts'
import { numberAndUnit } from './unit-text.ts'

/** What a sample of a column's cells tells of how its numbers are written. */
export interface StyleEvidence {
  readonly style: NumberStyle
  /** Where the cells can be meant in two ways, one of them, and the two. */
  readonly doubt?: { readonly cell: string; readonly ways: string; readonly keys: string } | undefined
}

/** So many cells of three digits behind a point, whole numbers among them, are no measurements any more. */
const FEWEST_GROUPS = 3
/** A column of measurements with a fraction has one among so many, or nearly always. */
const ENOUGH_WHOLE = 100
/** Of so many numbers, tenths take more than a few digits; flags do not. */
const ENOUGH_FOR_FLAGS = 30
const MOST_FLAGS = 3

const THOUSANDS = 'decimal: comma or decimal: point'

/**
 * How the numbers of each channel are written, from a sample of their cells. Shape: [channel][cell]. What other columns
 * show tells for one that does not show it itself: a file is written by one program.
 */
export function numberStyles(
  channels: readonly Channel[],
  samples: readonly (readonly string[])[],
): readonly StyleEvidence[] {
  const seen = channels.map((channel, index) =>
    channel.flag ? emptyCount() : counted(channel, samples[index] ?? []),
  )
  const comma = seen.some(({ comma }) => comma > 0)
  const point = seen.some(({ point }) => point > 0)
  return channels.map((channel, index): StyleEvidence => {
    if (channel.decimal !== undefined) return { style: channel.decimal }
    if (channel.flag) return { style: 'open' }
    const own = seen[index]!
    if (own.padded !== undefined)
      return doubtful(
        own.padded,
        'a value and a flag, or a decimal comma',
        'flag: { separator: "," } or decimal: comma',
      )
    if (looksFlagged(own))
      return doubtful(
        own.anyComma!,
        'a value and a flag, or a decimal comma',
        'flag: { separator: "," } or decimal: comma',
      )
    if (own.comma > 0 && own.point > 0) return { style: 'open' }
    if (own.comma > 0) return { style: 'comma' }
    if (own.point > 0) return { style: own.eitherComma === undefined ? 'open' : 'point' }
    const { eitherComma, eitherPoint } = own
    if (eitherComma !== undefined) {
      if (comma !== point) return { style: comma ? 'comma' : 'point' }
      return doubtful(eitherComma, waysOf(eitherComma), THOUSANDS)
    }
    // What comes behind the sample may show what it does not: `1.215` in a file of decimal commas, or of whole numbers.
    if (comma && !point) return { style: 'comma' }
    if (eitherPoint !== undefined) {
      if (!point && own.whole > 0 && own.eitherPoints >= FEWEST_GROUPS)
        return doubtful(eitherPoint, waysOf(eitherPoint), THOUSANDS)
    } else if (!point && own.whole >= ENOUGH_WHOLE) return { style: 'whole' }
    return { style: 'open' }
  })
}

interface Count {
  comma: number
  point: number
  /** Whole numbers other than 0. */
  whole: number
  eitherPoints: number
  eitherComma: string | undefined
  eitherPoint: string | undefined
  padded: string | undefined
  anyComma: string | undefined
  readonly wholes: Set<string>
  readonly fractions: Set<string>
}

function emptyCount(): Count {
  return {
    comma: 0,
    point: 0,
    whole: 0,
    eitherPoints: 0,
    eitherComma: undefined,
    eitherPoint: undefined,
    padded: undefined,
    anyComma: undefined,
    wholes: new Set(),
    fractions: new Set(),
  }
}

function counted(channel: Channel, cells: readonly string[]): Count {
  const count = emptyCount()
  const words = missingWords(channel)
  for (const cell of cells) {
    const text = cell.trim()
    if (isMissing(text, words)) continue
    const number = ungrouped(numberAndUnit(text)?.number ?? text)
    const hint = numberHint(number)
    if (hint === 'comma') {
      const [whole = '', fraction = ''] = number.split(',')
      count.comma++
      count.anyComma ??= text
      count.wholes.add(whole)
      count.fractions.add(fraction)
    } else if (hint === 'point') count.point++
    else if (hint === 'whole') count.whole += Number(number) === 0 ? 0 : 1
    else if (hint === 'either_comma') count.eitherComma ??= text
    else if (hint === 'either_point') {
      count.eitherPoints++
      count.eitherPoint ??= text
    } else if (hint === 'padded') count.padded ??= text
  }
  return count
}

/** `213,1` `210,1` `208,5`: many values, and behind the comma one digit of very few. */
function looksFlagged({ comma, wholes, fractions }: Count): boolean {
  const isHalves = [...fractions].every((fraction) => /^[05]?0*$/.test(fraction))
  const isDigit = [...fractions].every((fraction) => fraction.length === 1)
  return (
    comma >= ENOUGH_FOR_FLAGS &&
    isDigit &&
    !isHalves &&
    fractions.size <= MOST_FLAGS &&
    wholes.size > 2 * MOST_FLAGS
  )
}

function waysOf(cell: string): string {
  return `${cell.replace(',', '.')} or ${cell.replace(/[.,]/, '')}`
}

function doubtful(cell: string, ways: string, keys: string): StyleEvidence {
  return { style: 'open', doubt: { cell, ways, keys } }
}
