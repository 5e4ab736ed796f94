import type { Block } from './block.ts'
import { bestOf, type Compared, paired } from './comparison.ts'
import { LEAD_HOURS, PROTOCOLS } from './protocol.ts'
import type { Result } from './result.ts'

/* The tables of the report. */

/** A table for each set of held-out samples. */
export function comparison(rows: readonly Compared[], caption: string): Block[] {
  return paired(rows, 'validation').map((group) => ({
    kind: 'table',
    caption: `${caption}, ${heldOutText(group, 'validation')}: ${bestText(group)}, ours and printed, the best first; seconds of an epoch's training, median`,
    head: [
      'experiment',
      'ours',
      'in K',
      'printed',
      'gain',
      'best epoch',
      'epochs',
      's an epoch',
      'printed s',
    ],
    rows: group.map((row) => [
      labelOf(row),
      oursText(row),
      kelvin(row.result, 'validation'),
      printedText(row),
      row.gain === undefined ? '' : signed(row.gain),
      row.result.parameters === 0 ? '' : String(row.result.best?.epoch ?? ''),
      row.result.parameters === 0 ? '' : epochsText(row.result),
      row.epochSeconds?.toFixed(1) ?? '',
      row.experiment.printed?.epochSeconds?.toString() ?? '',
    ]),
  }))
}

/** What all of them were measured on. */
function heldOutText([first]: readonly Compared[], part: 'validation' | 'test'): string {
  const { task, settings } = first!.result
  const n = settings.data.samples[part].toLocaleString('en-US')
  if (task === 'reviews') return `over the same ${n} reviews of ${settings.data.name}`
  return `${LEAD_HOURS[settings.protocol ?? 'published']} h ahead, over the same ${n} windows of ${settings.data.name}`
}

function bestText([first]: readonly Compared[]): string {
  return first!.result.task === 'reviews'
    ? 'best validation accuracy, beside the epoch of the least loss'
    : 'least validation loss'
}

/** Its name on the command line, and what else it was run with: `gru, exact, seed 2`. */
export function labelOf({ experiment, result }: Compared): string {
  const { protocol, seed } = result.settings
  return [
    experiment.name,
    ...(protocol === 'exact' ? ['exact'] : []),
    ...(seed === 1 ? [] : [`seed ${seed}`]),
  ].join(', ')
}

function oursText({ validation, atEnd }: Compared): string {
  if (validation === undefined) return 'diverged'
  return `${validation.toFixed(4)}${atEnd === undefined ? '' : ` (end ${atEnd.toFixed(4)})`}`
}

function printedText({ experiment: { printed }, result }: Compared): string {
  if (!printed || result.settings.protocol === 'exact') return ''
  return printed.at === 'end' ? `${printed.validation} (end)` : String(printed.validation)
}

/** Fewer epochs than planned, in general because of early stopping. */
function epochsText({ epochs, state, settings }: Result): string {
  const end = { running: ', not through', diverged: ', then diverged', finished: '' }[state]
  return `${epochs.length} of ${settings.epochs}${end}`
}

function kelvin({ best, unitOfLoss }: Result, part: 'validation' | 'test'): string {
  const loss = best?.[part]?.loss
  return loss === undefined || !unitOfLoss ? '' : (loss * unitOfLoss.size).toFixed(3)
}

function signed(value: number): string {
  return `${value >= 0 ? '+' : ''}${value.toFixed(4)}`
}

/** The test rows are for what validation has chosen; reviews are each tested at the epoch of the least loss. */
export function tested(rows: readonly Compared[]): Block[] {
  const chosen = PROTOCOLS.flatMap((protocol) => bestOf(rows, protocol) ?? [])
  const baselines = rows.filter(({ experiment }) => experiment.layers === undefined)
  const reviews = rows.filter(({ experiment, test }) => experiment.task === 'reviews' && test !== undefined)
  const shown = [...baselines, ...chosen, ...reviews]
  if (shown.length === 0) return []
  return [
    { kind: 'heading', level: 2, text: 'On the test rows' },
    ...paired(shown, 'test').map((group): Block => {
      const ofReviews = group[0]!.result.task === 'reviews'
      const which = ofReviews
        ? 'Test accuracy'
        : 'Test loss of persistence and of the network with the least validation loss'
      return {
        kind: 'table',
        caption: `${which}, ${heldOutText(group, 'test')}, the best first`,
        head: ['experiment', 'test', 'in K'],
        rows: group.map((row) => [labelOf(row), row.test?.toFixed(4) ?? '', kelvin(row.result, 'test')]),
      }
    }),
  ]
}

export function reasons(rows: readonly Compared[]): Block[] {
  if (rows.length === 0) return []
  return [
    { kind: 'heading', level: 2, text: 'Why some of it could not be reproduced' },
    {
      kind: 'text',
      text: 'One difference at a time: from the two systems that gave the author of the chapter less than the book has, and from those that are worse here than in print.',
    },
    ...rows.map(
      (row) => ({ kind: 'text', text: `${labelOf(row)}: ${row.experiment.question ?? ''}` }) as const,
    ),
    ...paired(rows, 'validation').map(
      (group): Block => ({
        kind: 'table',
        caption: `What came of each, ${heldOutText(group, 'validation')}: ${bestText(group)} and its epoch, the best first`,
        head: ['experiment', 'validation', 'in K', 'best epoch', 'epochs', 's an epoch'],
        rows: group.map((row) => [
          labelOf(row),
          row.validation?.toFixed(4) ?? divergedText(row.result),
          kelvin(row.result, 'validation'),
          String(row.result.best?.epoch ?? ''),
          epochsText(row.result),
          row.epochSeconds?.toFixed(1) ?? '',
        ]),
      }),
    ),
  ]
}

export function divergedText({ diverged }: Result): string {
  return `diverged at step ${diverged?.step} of epoch ${diverged?.epoch}`
}
