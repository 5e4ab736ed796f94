import type { ArenaRow, ArenaTable, Duel } from '../verify/arena.ts'
import { type ArenaReport, beyondLuck, chance } from './arena-report.ts'
import { number, type Table, whole } from './tables.ts'

const MARK = '*'
/** As wide, so that figures stand below each other. */
const NO_MARK = '\u00a0'
const TOLD = `${MARK}: told apart from the reference beyond luck (5 %, Holm over the table)`

/** Everybody at the one lead, the least error first, each against the reference. */
export function standingTable(report: ArenaReport): Table {
  const { models, reference, whole: all, leadHours } = report
  return {
    caption: `At +${leadHours} h over ${whole(all?.forecasts ?? 0)} forecasts that all of these made${inUnit(report)}; differences from ${reference}: below zero is better`,
    head: ['model', 'MAE', 'difference', '95 % from', 'to', 'p', 'p by Holm'],
    rows: models.map((model, at) => {
      const duel = all?.duels.find((one) => one.model === model)
      return [model, number(all?.maes[at]), ...differenceCells(duel)]
    }),
  }
}

/** Those with too few forecasts to stand beside the others; undefined where there are none. */
export function apartDuels(report: ArenaReport): Table | undefined {
  const { apart, reference } = report
  if (apart.length === 0) return undefined
  return {
    caption: `Too few forecasts to stand beside the others: each over those that it and ${reference} made${inUnit(report)}`,
    head: ['model', 'forecasts', 'MAE', reference, 'difference', '95 % from', 'to', 'p'],
    rows: apart.map((duel) => [
      duel.model,
      whole(duel.forecasts),
      number(known(duel.mae)),
      number(known(duel.maeAgainst)),
      ...differenceCells(duel).slice(0, 4),
    ]),
  }
}

const HEADINGS = {
  lead: { title: 'Lead by lead', first: 'lead' },
  month: { title: 'Month by month', first: 'issued in' },
  hours: { title: 'By hour of day', first: 'valid at' },
  change: { title: 'By how fast it was changing', first: 'change in 3 h' },
} as const satisfies Record<ArenaTable['by'], { title: string; first: string }>

export function headingOf({ by }: ArenaTable): string {
  return HEADINGS[by].title
}

/** A row a part. Of two models their difference is spelt out; of more, whoever was told apart has a mark. */
export function partTable(report: ArenaReport, part: ArenaTable): Table {
  const { models, leadHours, reference } = report
  const { first } = HEADINGS[part.by]
  const at = part.by === 'lead' ? '' : ` at +${leadHours} h`
  const what = `MAE${at}${inUnit(report)}${part.by === 'change' ? '; how far the target had gone in the 3 hours before the issue, in three parts of a like size' : ''}`
  if (models.length === 2)
    return {
      caption: `${what}; difference: ${models.find((name) => name !== reference)} less ${reference}; p of one row, and by Holm over the table`,
      head: [first, 'forecasts', ...models, 'difference', '95 % from', 'to', 'p', 'p by Holm'],
      rows: part.rows.map((row) => [
        row.label,
        whole(row.forecasts),
        ...row.maes.map((mae) => number(mae)),
        ...differenceCells(row.duels[0]),
      ]),
    }
  return {
    caption: `${what}, over the forecasts that all of these made; ${TOLD}, which is ${reference}`,
    head: [first, 'forecasts', ...models],
    rows: part.rows.map((row) => [
      row.label,
      whole(row.forecasts),
      ...models.map((model, place) => marked(row, model, place)),
    ]),
  }
}

function marked({ maes, duels }: ArenaRow, model: string, place: number): string {
  const duel = duels.find((one) => one.model === model)
  return `${number(maes[place])}${duel && beyondLuck(duel) ? MARK : NO_MARK}`
}

function differenceCells(duel: Duel | undefined): string[] {
  if (!duel) return ['', '', '', '', '']
  const { difference, low, high, p, adjusted } = duel
  return [number(known(difference)), number(known(low)), number(known(high)), short(p), short(adjusted)]
}

function short(p: number): string {
  return chance(p).replace('p = ', '').replace('p < ', '< ')
}

function inUnit({ unit }: ArenaReport): string {
  return unit === undefined ? '' : ` in ${unit}`
}

function known(value: number): number | null {
  return Number.isNaN(value) ? null : value
}
