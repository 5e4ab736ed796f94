import { describe, expect, it } from 'vitest'
import { chapterBlocks } from '../../src/lab/chapter.ts'
import { chapterHtml } from '../../src/lab/chapter-html.ts'
import { chapterMarkdown } from '../../src/lab/chapter-markdown.ts'
import { bestOf, compared, paired } from '../../src/lab/comparison.ts'
import { EXPERIMENTS } from '../../src/lab/experiments.ts'
import { outlineOf } from '../../src/lab/outline.ts'
import type { Result } from '../../src/lab/result.ts'
import { madeUpSeries } from './series.ts'

function result(experiment: string, losses: readonly number[], more: Partial<Result> = {}): Result {
  const validation = Math.min(...losses)
  return {
    format: 1,
    experiment,
    task: 'jena',
    settings: {
      protocol: 'published',
      seed: 1,
      epochs: 20,
      steps: 500,
      batch: 128,
      learningRate: 0.001,
      patience: 10,
      layers: [],
      data: { name: 'made up', samples: { training: 3, validation: 2, test: 1 } },
    },
    engine: 'made up',
    parameters: 7,
    state: 'finished',
    epochs: losses.map((loss, index) => ({
      epoch: index + 1,
      training: { loss: loss - 0.01 },
      validation: { loss },
      seconds: 10 + index,
      validationSeconds: 1,
    })),
    best: {
      epoch: losses.indexOf(validation) + 1,
      validation: { loss: validation },
      test: { loss: validation + 0.02 },
    },
    unitOfLoss: { size: 8.8, unit: 'K' },
    ...more,
  }
}

const results = [
  result('stacked', [0.3]),
  result('gru', [0.28, 0.26, 0.27]),
  result('dense', [0.31, 0.33]),
  result('dropout-one-mask', [0.5], {
    state: 'diverged',
    best: null,
    epochs: [],
    diverged: { epoch: 1, step: 3 },
  }),
  result('reviews-reversed', [0.4, 0.45], {
    task: 'reviews',
    epochs: [0.87, 0.88].map((accuracy, index) => ({
      epoch: index + 1,
      training: { loss: 0.3 },
      validation: { loss: 0.4 + index / 20, accuracy },
      seconds: 1,
      validationSeconds: 1,
    })),
    best: { epoch: 1, validation: { loss: 0.4, accuracy: 0.87 }, test: { loss: 0.5, accuracy: 0.85 } },
  }),
]
const outline = outlineOf(madeUpSeries({ rows: 1000 }))
const blocks = chapterBlocks({ results, experiments: EXPERIMENTS, outline })

describe('comparison', () => {
  const rows = compared(results, EXPERIMENTS)
  const row = (name: string) => rows.find(({ experiment }) => experiment.name === name)

  it('comparison - a lower loss and a higher accuracy, of whatever epoch, than printed are gains', () => {
    expect(row('gru')?.gain).toBeCloseTo(0.2624 - 0.26, 10)
    expect(row('stacked')?.gain).toBeCloseTo(0.2721 - 0.3, 10)
    expect(row('reviews-reversed')?.gain).toBeCloseTo(0.88 - 0.872, 10)
  })

  it('comparison - what is printed of the last epoch is held against ours', () => {
    expect(row('dense')).toMatchObject({ validation: 0.31, atEnd: 0.33 })
    expect(row('dense')?.gain).toBeCloseTo(0.3235 - 0.33, 10)
  })

  it('comparison - the exact protocol is not held against numbers of the published one', () => {
    const exact = result('gru', [0.2])
    const [only] = compared([{ ...exact, settings: { ...exact.settings, protocol: 'exact' } }], EXPERIMENTS)
    expect(only?.gain).toBeUndefined()
  })

  it('comparison - an epoch takes its median time', () => {
    expect(row('gru')?.epochSeconds).toBe(11)
  })

  it('comparison - what is tested is chosen by validation, among networks that are through', () => {
    expect(bestOf(rows, 'published')?.experiment.name).toBe('gru')
    const unfinished = compared([...results, result('lstm', [0.1], { state: 'running' })], EXPERIMENTS)
    expect(bestOf(unfinished, 'published')?.experiment.name).toBe('gru')
  })
})

describe('paired', () => {
  const exact = (name: string, loss: number): Result => {
    const made = result(name, [loss])
    return { ...made, settings: { ...made.settings, protocol: 'exact' } }
  }
  const elsewhere = (name: string, loss: number): Result => {
    const made = result(name, [loss])
    const data = { name: 'another', samples: made.settings.data.samples }
    return { ...made, settings: { ...made.settings, data } }
  }
  const all = [...results, exact('gru', 0.2), exact('lstm', 0.1), elsewhere('gru', 0.05)]

  it('paired - only what was measured on the same samples is in one table, the best first, what diverged last', () => {
    const groups = paired(compared(all, EXPERIMENTS), 'validation').map((group) =>
      group.map(({ experiment, validation }) => [experiment.name, validation]),
    )
    expect(groups).toEqual([
      [
        ['gru', 0.26],
        ['stacked', 0.3],
        ['dense', 0.31],
        ['dropout-one-mask', undefined],
      ],
      [['gru', 0.05]],
      [
        ['lstm', 0.1],
        ['gru', 0.2],
      ],
      [['reviews-reversed', 0.88]],
    ])
  })

  it('paired - a table of tests is in the order of tests', () => {
    const tests = { gru: 0.4, dense: 0.3, stacked: 0.35 }
    const made = Object.entries(tests).map(([name, loss]) =>
      result(name, [0.2], { best: { epoch: 1, validation: { loss: 0.2 }, test: { loss } } }),
    )
    const [group] = paired(compared(made, EXPERIMENTS), 'test')
    expect(group!.map(({ experiment }) => experiment.name)).toEqual(['dense', 'stacked', 'gru'])
  })

  it('paired - each table says what it was measured on, and over how many', () => {
    const { text } = chapterMarkdown(
      chapterBlocks({ results: all, experiments: EXPERIMENTS, outline }),
      'chapter',
    )
    const captions = text.split('\n').filter((line) => line.startsWith('The systems of the chapter'))
    expect(captions.map((caption) => /, (.*): /.exec(caption)![1])).toEqual([
      '25 h ahead, over the same 2 windows of made up',
      '25 h ahead, over the same 2 windows of another',
      '24 h ahead, over the same 2 windows of made up',
      'over the same 2 reviews of made up',
    ])
  })
})

describe('chapter', () => {
  it('chapter - Markdown holds ours beside the printed numbers, and a file for every plot', () => {
    const { text, figures } = chapterMarkdown(blocks, 'chapter')
    const row = text.split('\n').find((line) => line.startsWith('| gru |'))
    expect(row).toContain('| 0.2600 | 2.288 | 0.2624 | +0.0024 | 2 | 3 of 20 | 11.0 | 58 |')
    expect(text).toContain('diverged at step 3 of epoch 1')
    const shown = [...text.matchAll(/\]\(chapter\/([^)]+)\)/g)].map(([, file]) => file)
    expect(shown).toEqual(figures.map(({ file }) => file))
    expect(shown).toEqual(expect.arrayContaining(['series.svg', 'first-days.svg', 'gru.published.svg']))
    for (const { svg } of figures)
      expect(svg).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"[\s\S]*<style>[\s\S]*<\/svg>$/)
  })

  it('chapter - the page needs nothing from elsewhere', () => {
    const page = chapterHtml(blocks)
    expect(page).not.toMatch(/(?:src|href)=|@import|url\(/)
    expect(page.match(/<figure>/g)).toHaveLength(blocks.filter(({ kind }) => kind === 'figure').length)
    expect(page).toContain('0.2624')
  })

  it('chapter - what a person makes of it is shown paragraph by paragraph, where there is any', () => {
    const written = chapterBlocks({
      results,
      experiments: EXPERIMENTS,
      outline,
      findings: 'One\nline.\n\nAnother.\n',
    })
    expect(chapterMarkdown(written, 'chapter').text).toContain(
      '## What we make of it\n\nOne line.\n\nAnother.\n',
    )
    expect(chapterMarkdown(blocks, 'chapter').text).not.toContain('What we make of it')
  })

  it('chapter - says what the two protocols are', () => {
    expect(chapterMarkdown(blocks, 'chapter').text).toMatch(
      /published protocol the true lead is 25 h.*exact.*24 h/,
    )
  })
})

describe('outline', () => {
  it('outline - the first ten days row by row, the whole by weeks from lowest to highest', () => {
    expect(outline.beginning).toHaveLength(240)
    expect(outline.weeks).toHaveLength(6)
    for (const [, lowest, mean, highest] of outline.weeks) {
      expect(lowest).toBeLessThanOrEqual(mean)
      expect(mean).toBeLessThanOrEqual(highest)
    }
  })
})
