import type { Receipt } from '../protocol/receipt.ts'
import { number, percent, type Table, whole } from './tables.ts'

/** Leads that all experts are shown at. */
const SHOWN = [1, 6, 12, 24]
/** Named in a sentence or a row. */
const HEAVIEST = 3

type Lead = Receipt['leads'][number]

/** What it said at its furthest lead that is known, on whose word, and what came. */
export function receiptSentence(receipt: Receipt): string {
  const { leads, unit } = receipt
  const known = leads.findLast(({ truth }) => truth !== null)
  const lead = known ?? leads.at(-1)
  if (!lead) return 'It holds no lead.'
  const [low, high] = [lead.quantiles['0.05'], lead.quantiles['0.95']]
  const said = `For +${lead.lead_hours} h it said ${number(lead.mean, 2)} ${unit} (90 %: ${number(low, 2)} to ${number(high, 2)})`
  const words = heaviest(lead)
  const why = words === '' ? '' : `, mostly on the word of ${words}`
  if (lead.truth === null || lead.error === null) return `${said}${why}; what came is not known yet.`
  const within = low !== undefined && high !== undefined && lead.truth >= low && lead.truth <= high
  return `${said}${why}; ${number(lead.truth, 2)} came, ${within ? 'within' : 'outside'} the interval.`
}

function heaviest({ experts }: Lead): string {
  return experts
    .filter(({ weight }) => weight !== null && weight > 0)
    .slice(0, HEAVIEST)
    .map(({ name, weight }) => `${name} (${percent(weight)})`)
    .join(', ')
}

/** Names and values of what it rests on; what was not kept yet when it was issued is said to be so. */
export function basisFacts({
  basis,
  unit,
  weights_version,
  hindcast,
}: Receipt): (readonly [string, string])[] {
  const made: (readonly [string, string])[] = [
    ...(hindcast ? ([['made', 'afterwards, of the past']] as const) : []),
    ['weights of networks', weights_version === 0 ? 'none yet' : `version ${weights_version}`],
  ]
  if (!basis) return [...made, ['what it rests on', 'was not kept then']]
  const { value, taken_in, last_day, outside = [] } = basis
  return [
    ['newest measurement', `${number(value, 2)} ${unit}`],
    ...(taken_in === undefined ? [] : ([['taken in at', shortTime(taken_in)]] as const)),
    ['readings of the last day', whole(last_day.readings)],
    ['bridged or masked', whole(last_day.unmeasured)],
    ['runs of others', whole(outside.length)],
    ...made,
  ]
}

export function leadTable({ leads, unit }: Receipt): Table {
  return {
    caption: `Lead by lead in ${unit}: what it said, what came, and the experts that weighed most`,
    head: ['lead', 'valid at, UTC', 'mean', '5 %', '95 %', 'truth', 'error', 'on the word of'],
    rows: leads.map((lead) => [
      `+${lead.lead_hours} h`,
      shortTime(lead.valid_time),
      number(lead.mean, 2),
      number(lead.quantiles['0.05'], 2),
      number(lead.quantiles['0.95'], 2),
      number(lead.truth, 2),
      number(lead.error, 2),
      heaviest(lead),
    ]),
  }
}

export function expertTable({ leads, unit }: Receipt): Table {
  const shown = leads.filter(({ lead_hours }) => SHOWN.includes(lead_hours))
  const last = shown.at(-1)
  return {
    caption: `Every expert in ${unit}, and what it weighed; - where it said nothing`,
    head: ['expert', ...shown.flatMap(({ lead_hours }) => [`+${lead_hours} h`, 'weight'])],
    rows: (last?.experts ?? []).map(({ name }) => [
      name,
      ...shown.flatMap(({ experts }) => {
        const one = experts.find((expert) => expert.name === name)
        return [number(one?.mean, 2), percent(one?.weight)]
      }),
    ]),
  }
}

/** Undefined where it knew nothing of others. */
export function outsideTable({ basis }: Receipt): Table | undefined {
  if (!basis?.outside?.length) return undefined
  return {
    caption: 'Forecasts of others that it knew',
    head: ['from', 'issued at, UTC', 'available at, UTC'],
    rows: basis.outside.map(({ source, issued_at, available_at }) => [
      source,
      shortTime(issued_at),
      shortTime(available_at),
    ]),
  }
}

/** Undefined of a forecast from before that was kept. */
export function intervalTable({ basis, leads }: Receipt): Table | undefined {
  if (!basis) return undefined
  const { errors, scale, level90 } = basis.intervals
  return {
    caption:
      'What the intervals rested on: errors learnt from, of which scale they were (spread: too few, the target’s own), and the level that the 90 % interval aimed at so that 90 % hold',
    head: ['lead', 'errors', 'scale', 'aims at'],
    rows: leads.flatMap(({ lead_hours }, at) =>
      SHOWN.includes(lead_hours)
        ? [
            [
              `+${lead_hours} h`,
              whole(errors[at] ?? 0),
              typeof scale === 'string' ? scale : (scale[at] ?? '-'),
              percent(level90[at]),
            ],
          ]
        : [],
    ),
  }
}

function shortTime(text: string): string {
  return text.replace('T', ' ').replace(/(:00)?Z$/, '')
}
