import { baselineTitle, isBaseline, REFERENCE } from '../domain/baselines.ts'
import type { ScoreMessage, ScoreWindow } from '../protocol/scores.ts'

/** One line of the table of models, at one lead over one window. */
export interface ModelLine {
  readonly model: string
  readonly title: string
  /** The published model, a baseline, or one of the experts in between. */
  readonly role: 'published' | 'expert' | 'baseline'
  readonly mae: number | undefined
  /** 1 - MAE / MAE of persistence over the forecasts that both made; undefined where these are few, and for persistence itself. */
  readonly skill: number | undefined
  /** What it weighs in the newest published forecast, 0..1; undefined where it does not take part. */
  readonly weight: number | undefined
  readonly n: number
  /** Scored over the very forecasts that the published model was: their errors compare. */
  readonly paired: boolean
}

/** Over fewer forecasts skill is mostly noise: two quiet hours can make it minus thousands of per cent. */
const FEWEST_COMPARED = 12

const TITLES: ReadonlyMap<string, string> = new Map([
  ['weekly_naive', 'same hour last week'],
  ['gru', 'GRU'],
  ['gru_stacked', 'stacked GRU'],
  ['gru_bidirectional', 'bidirectional GRU'],
])

export function modelTitle(model: string): string {
  return baselineTitle(model) ?? TITLES.get(model) ?? model.replaceAll('_', ' ')
}

export function modelRole(model: string, published: string): ModelLine['role'] {
  if (model === published) return 'published'
  return isBaseline(model) ? 'baseline' : 'expert'
}

export interface TableChoice {
  readonly published: string
  readonly lead: number
  readonly window: ScoreWindow
  /** Of the newest forecast: shape of each [lead 24]. */
  readonly weights?: ReadonlyMap<string, readonly number[]> | undefined
}

/** Over how many forecasts a model's figures are. */
export function scoredOver(score: ScoreMessage | undefined, { model, lead, window }: Scored): number {
  return score?.models[model]?.n[String(lead)]?.[window] ?? 0
}

/**
 * The table's lines, of all that are scored or have a weight: by their error those that were scored over the same forecasts, the best first; behind them those
 * that were not, by their skill, as their errors are of other days.
 */
export function modelLines(
  score: ScoreMessage | undefined,
  { published, lead, window, weights }: TableChoice,
): ModelLine[] {
  const countOf = (model: string) => scoredOver(score, { model, lead, window })
  const models = new Set([...Object.keys(score?.models ?? {}), ...(weights?.keys() ?? [])])
  if (weights) models.add(published)
  const lines = [...models].map((model): ModelLine => {
    const n = countOf(model)
    return {
      model,
      title: modelTitle(model),
      role: modelRole(model, published),
      mae: maeOf(score, { model, lead, window }),
      skill: skillOf(score, { model, lead, window }),
      weight: weights?.get(model)?.[lead - 1],
      n,
      paired: n === countOf(published),
    }
  })
  const unknownLast = Number.POSITIVE_INFINITY
  const rank = ({ paired, mae, skill }: ModelLine) => (paired ? mae : skill && -skill) ?? unknownLast
  return lines.sort(
    (a, b) =>
      Number(b.paired) - Number(a.paired) ||
      (rank(a) === rank(b) ? 0 : rank(a) - rank(b)) ||
      (a.model < b.model ? -1 : 1),
  )
}

interface Scored {
  readonly model: string
  readonly lead: number
  readonly window: ScoreWindow
}

function maeOf(score: ScoreMessage | undefined, { model, lead, window }: Scored): number | undefined {
  return score?.models[model]?.mae[String(lead)]?.[window] ?? undefined
}

/** Of as many forecasts as the reference has, it was scored over the same; of fewer the server tells it over those that both made. */
function skillOf(score: ScoreMessage | undefined, scored: Scored): number | undefined {
  const { model, lead, window } = scored
  if (model === REFERENCE) return undefined
  const [n, most] = [scoredOver(score, scored), scoredOver(score, { ...scored, model: REFERENCE })]
  if (Math.min(n, most) < FEWEST_COMPARED) return undefined
  if (n !== most) return score?.models[model]?.skill?.[REFERENCE]?.[window]?.[lead - 1] ?? undefined
  const [mae, reference] = [maeOf(score, scored), maeOf(score, { ...scored, model: REFERENCE })]
  return mae !== undefined && reference !== undefined && reference > 0 ? 1 - mae / reference : undefined
}

/** The expert that misses least of those scored over the same forecasts as the published model; undefined where there is none. */
export function bestExpert(lines: readonly ModelLine[]): string | undefined {
  return lines.find(({ role, mae, paired }) => role === 'expert' && paired && mae !== undefined)?.model
}

/** MAE by lead, shape [lead 24], null where nothing has been settled, or over other forecasts than those of `published`. */
export function maeByLead(
  score: ScoreMessage,
  {
    model,
    published,
    window,
  }: { readonly model: string; readonly published: string; readonly window: ScoreWindow },
): (number | null)[] {
  return Array.from({ length: 24 }, (_, index) => {
    const lead = index + 1
    const n = scoredOver(score, { model, lead, window })
    return n === scoredOver(score, { model: published, lead, window })
      ? (maeOf(score, { model, lead, window }) ?? null)
      : null
  })
}
