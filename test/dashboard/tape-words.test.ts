import { describe, expect, it } from 'vitest'
import { ANEW_QUESTION, forgetQuestion } from '../../src/dashboard/tape-actions.ts'
import { questionWords, tapeNote, tapeWords } from '../../src/dashboard/tape-words.ts'
import { station, tape } from './messages.ts'

const asked = (question: Parameters<typeof questionWords>[0], remembers: boolean) =>
  questionWords(question, { tape: tape({ remembers }), station: station() })

describe('tape words', () => {
  it('tape words - a seek back is said to forget where a tape is not kept, and only there', () => {
    const { seek, replay, dayBack, help } = tapeWords(tape({ remembers: false }))
    for (const text of [seek, replay, dayBack, help]) expect(text).toMatch(/forget.*asks? /)
    const kept = tapeWords(tape({ remembers: true }))
    for (const text of [kept.seek, kept.replay, kept.dayBack]) expect(text).not.toMatch(/forg[eo]t/)
    expect(kept.help).toContain('restores the nearest kept state')
  })

  it('tape words - a loop is said to begin with models that have learnt nothing, kept or not', () => {
    for (const remembers of [false, true])
      expect(tapeWords(tape({ remembers })).loop).toContain('with models that have learnt nothing')
  })

  it('tape words - what would be forgotten is named: all of it where nothing is kept, else what lies behind', () => {
    const question = forgetQuestion({ seek: '2012-06-30T23:00:00Z' })
    const notKept = asked(question, false)
    expect(notKept.text).toContain(
      'Going back to Sun 1 Jul 2012 00:00 forgets everything learnt so far, for good',
    )
    expect(notKept.yes).toBe('Forget and go there')
    const kept = asked(question, true)
    expect(kept.text).toContain('Sun 1 Jul 2012 00:00 was passed over, and times after it were lived')
    expect(kept.text).toContain('What was lived before it stays.')
    const started = { tape: tape({ remembers: true, start: '2012-07-01T00:00:00Z' }), station: station() }
    expect(questionWords(question, started).text).toContain(
      'Sun 1 Jul 2012 00:00 is before all that was lived of this tape. Going there forgets all of it',
    )
    expect(asked(forgetQuestion({ seek: '2012-06-30T23:00:00Z', resume: true }), false).yes).toBe(
      'Forget and play from there',
    )
  })

  it('tape words - to begin anew is said to be for good', () => {
    for (const remembers of [false, true]) {
      const { title, text, yes } = asked(ANEW_QUESTION, remembers)
      expect([title, yes]).toEqual(['Begin anew?', 'Forget and begin anew'])
      expect(text).toContain('This cannot be undone.')
    }
    expect(asked(ANEW_QUESTION, true).text).toContain('All that was lived of this tape')
  })

  it('tape words - the line under the scrubber says what the tape is about', () => {
    const note = (of: Parameters<typeof tape>[0]) => tapeNote(tape({ rows: 1234, ...of }), station())
    expect(note({})).toBe('1,234 rows played · 3600x')
    expect(note({ paused: true })).toBe('1,234 rows played · paused')
    expect(note({ paused: true, paused_because: 'live ticks arrived' })).toBe('live ticks arrived')
    expect(note({ ended: true })).toBe('The tape has ended after 1,234 rows.')
    const to = { catching_up_to: '2012-06-30T23:00:00Z' }
    expect(note(to)).toBe('on its way to 1 Jul 2012 · 1,234 rows')
    expect(note({ ...to, paused: true })).toBe('on its way to 1 Jul 2012, then paused · 1,234 rows')
  })
})
