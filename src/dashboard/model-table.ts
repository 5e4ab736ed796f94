import { BASELINES, baselineTitle, isBaseline, REFERENCE } from '../domain/baselines.ts'
import type { ScoreMessage, ScoreWindow } from '../protocol/scores.ts'

/** One line of the table of models, at one lead over one window. */
export interface ModelLine {
  readonly model: string
  readonly title: string
  /** The published model, a baseline, or one of the experts in between. */
  readonly role: 'published' | 'expert' | 'baseline'
  readonly mae: number | undefined
  /** 1 - MAE / MAE of persistence; undefined where either is unknown or of few forecasts, and for persistence itself. */
  readonly skill: number | undefined
  /** What it weighs in the newest published forecast, 0..1; undefined where it does not take part. */
  readonly weight: number | undefined
  readonly n: number
  /** Scored over far fewer forecasts than persistence was: its skill compares unlike days. */
  readonly fewer: boolean
}

/** A model without forecasts in its first hours still counts as compared alike with this share of forecasts. */
const ALIKE = 0.98

/** Over fewer forecasts skill is mostly noise: two quiet hours can make it minus thousands of per cent. */
const FEWEST_COMPARED = 12

/** Baselines in the order the table ends with, the reference last. */
const LAST_ROWS: readonly string[] = [...BASELINES.filter((name) => name !== REFERENCE), REFERENCE]

const TITLES: ReadonlyMap<string, string> = new Map([
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

/** Model names in the table's order: the published one, the experts by name, the baselines. */
export function modelOrder(models: readonly string[], published: string): string[] {
  const place = (model: string) => (model === published ? -1 : 1 + LAST_ROWS.indexOf(model))
  return [...models].sort((a, b) => place(a) - place(b) || (a < b ? -1 : a > b ? 1 : 0))
}

export interface TableChoice {
  readonly published: string
  readonly lead: number
  readonly window: ScoreWindow
  /** Of the newest forecast: shape of each [lead 24]. */
  readonly weights?: ReadonlyMap<string, readonly number[]> | undefined
}

export function modelLines(
  score: ScoreMessage,
  { published, lead, window, weights }: TableChoice,
): ModelLine[] {
  const at = (model: string) => score.models[model]?.mae[String(lead)]?.[window] ?? undefined
  const countOf = (model: string) => score.models[model]?.n[String(lead)]?.[window] ?? 0
  const reference = at(REFERENCE)
  return modelOrder(Object.keys(score.models), published).map((model) => {
    const mae = at(model)
    const enough = Math.min(countOf(model), countOf(REFERENCE)) >= FEWEST_COMPARED
    const comparable =
      enough && model !== REFERENCE && mae !== undefined && reference !== undefined && reference > 0
    return {
      model,
      title: modelTitle(model),
      role: modelRole(model, published),
      mae,
      skill: comparable ? 1 - mae / reference : undefined,
      weight: weights?.get(model)?.[lead - 1],
      n: countOf(model),
      fewer: comparable && countOf(model) < ALIKE * countOf(REFERENCE),
    }
  })
}

/** The expert that misses least; one scored on few forecasts only where there is no other. */
export function bestExpert(lines: readonly ModelLine[]): string | undefined {
  const experts = lines.filter(({ role, mae }) => role === 'expert' && mae !== undefined)
  const alike = experts.filter(({ fewer }) => !fewer)
  const best = (alike.length > 0 ? alike : experts).reduce<ModelLine | undefined>(
    (least, line) => (least && least.mae! <= line.mae! ? least : line),
    undefined,
  )
  return best?.model
}

/** MAE by lead, shape [lead 24], null where nothing has been settled yet. */
export function maeByLead(score: ScoreMessage, model: string, window: ScoreWindow): (number | null)[] {
  return Array.from(
    { length: 24 },
    (_, index) => score.models[model]?.mae[String(index + 1)]?.[window] ?? null,
  )
}
