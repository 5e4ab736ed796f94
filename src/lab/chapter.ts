import type { Block } from './block.ts'
import { outlineFigures, resultFigure } from './chapter-figures.ts'
import { comparison, divergedText, labelOf, reasons, tested } from './chapter-tables.ts'
import { type Compared, compared } from './comparison.ts'
import type { Experiment } from './experiment.ts'
import type { Outline } from './outline.ts'
import { figuresText } from './progress-lines.ts'
import { LEAD_HOURS } from './protocol.ts'
import type { Result } from './result.ts'

/** All that there is to report: the data, the comparison, and each experiment with its curves. */
export function chapterBlocks({
  results,
  experiments,
  outline,
  findings = '',
}: {
  readonly results: readonly Result[]
  readonly experiments: readonly Experiment[]
  readonly outline: Outline | undefined
  readonly findings?: string | undefined
}): readonly Block[] {
  const rows = compared(results, experiments)
  const ofGroup = (group: Experiment['group']) => rows.filter(({ experiment }) => experiment.group === group)
  const persistence = rows.filter(({ experiment }) => experiment.layers === undefined)
  return [
    { kind: 'heading', level: 1, text: 'The chapter on recurrent networks, run again' },
    ...introduction(outline),
    { kind: 'heading', level: 2, text: 'Beside the printed numbers' },
    ...comparison(ofGroup('chapter'), 'The systems of the chapter'),
    ...comparison(ofGroup('further'), 'Further systems, from its list of what to try'),
    ...tested(rows),
    ...reasons(ofGroup('why')),
    ...made(findings),
    { kind: 'heading', level: 2, text: 'Every experiment' },
    ...rows.flatMap((row) => curves(row, persistence)),
  ]
}

function introduction(outline: Outline | undefined): Block[] {
  const data: Block[] = outline
    ? [
        {
          kind: 'text',
          text: `Data: ${outline.name}, ${outline.rows} rows of ${outline.channels.length} channels (${outline.channels.join(', ')}).`,
        },
        ...outlineFigures(outline),
      ]
    : []
  return [
    {
      kind: 'text',
      text: `Every number here was measured by tickcast lab run and is kept in the JSON files beside this report; tickcast lab report writes it anew. All networks learn with RMSprop from batches of 128 windows of 10 days in hourly steps, normalised by the training rows; an experiment ends after 10 epochs without a lower validation loss. Losses are mean absolute errors in standard deviations of the temperature.`,
    },
    {
      kind: 'text',
      text: `Two protocols. The printed recipe promises a forecast 24 hours ahead, but its window ends one sampling step, an hour, before the row whose target lies 24 hours on. So in the published protocol the true lead is ${LEAD_HOURS.published} h; that one is for comparison with print. In the exact protocol the window ends with that row, and the lead is ${LEAD_HOURS.exact} h. The hour is worth 0.1 K to persistence.`,
    },
    ...data,
  ]
}

/** Paragraphs with empty lines between them. */
function made(findings: string): Block[] {
  const paragraphs = findings.split(/\n\s*\n/).map((text) => text.replace(/\s+/g, ' ').trim())
  const texts = paragraphs.filter((text) => text !== '').map((text) => ({ kind: 'text', text }) as const)
  return texts.length === 0 ? [] : [{ kind: 'heading', level: 2, text: 'What we make of it' }, ...texts]
}

function curves(row: Compared, baselines: readonly Compared[]): Block[] {
  const { experiment, result } = row
  const { protocol } = result.settings
  const named = `${labelOf(row)}: ${experiment.title}`
  const summary = result.best
    ? `Validation ${figuresText(result.best.validation, result)}${result.parameters > 0 ? ` at epoch ${result.best.epoch}; ${result.parameters} parameters, ${result.engine}` : ''}.`
    : `It ${divergedText(result)}.`
  const baseline = baselines.find((other) => other.result.settings.protocol === protocol)?.validation
  return [
    { kind: 'heading', level: 3, text: named },
    ...(experiment.question ? [{ kind: 'text', text: experiment.question } as const] : []),
    { kind: 'text', text: summary },
    ...(result.epochs.length > 0 ? [resultFigure(row, { named, baseline })] : []),
  ]
}
