import { describe, expect, it } from 'vitest'
import { type Keystroke, keyAction } from '../../src/dashboard/keyboard.ts'
import {
  ANEW_QUESTION,
  commandOf,
  forgetQuestion,
  livedUpTo,
  seekTo,
  tapeSpan,
} from '../../src/dashboard/tape-actions.ts'
import { tapeCommandSchema } from '../../src/protocol/tape.ts'
import { tape } from './messages.ts'

describe('tape actions', () => {
  it('tape actions - play and pause change places, and an ended tape plays from its start', () => {
    expect(commandOf('toggle', tape())).toEqual({ pause: true })
    expect(commandOf('toggle', tape({ paused: true }))).toEqual({ resume: true })
    expect(commandOf('toggle', tape({ ended: true }))).toEqual({
      seek: '2009-01-01T00:00:00Z',
      resume: true,
    })
  })

  it('tape actions - a step on a running tape pauses it first', () => {
    expect(commandOf('step', tape())).toEqual({ pause: true, step: 1 })
    expect(commandOf('step', tape({ paused: true }))).toEqual({ step: 1 })
  })

  it('tape actions - a day forward or back stays on the tape', () => {
    expect(commandOf('day_forward', tape())).toEqual({ seek: '2009-10-25T04:00:00Z' })
    expect(commandOf('day_back', tape({ position: '2009-01-01T05:00:00Z' }))).toEqual({
      seek: '2009-01-01T00:00:00Z',
    })
    expect(commandOf('day_forward', tape({ position: null }))).toBeUndefined()
    expect(seekTo(Date.parse('2030-01-01T00:00:00Z'), tape())).toEqual({ seek: '2016-12-31T23:00:00Z' })
  })

  it('tape actions - what is played ends before a time that cuts the tape short, for the scrubber and for seeks', () => {
    const cut = tape({ until: '2012-07-01T00:00:00Z' })
    expect(tapeSpan(cut)).toMatchObject({ last: Date.parse('2012-06-30T23:59:59Z'), lastKnown: true })
    expect(seekTo(Date.parse('2014-01-01T00:00:00Z'), cut)).toEqual({ seek: '2012-06-30T23:59:59Z' })
    expect(commandOf('day_forward', { ...cut, position: '2012-06-30T23:00:00Z' })).toEqual({
      seek: '2012-06-30T23:59:59Z',
    })
    expect(tapeSpan({ ...cut, last: null })).toMatchObject({ lastKnown: true })
    expect(tapeSpan(tape({ until: '2020-01-01T00:00:00Z' }))?.last).toBe(Date.parse('2016-12-31T23:00:00Z'))
  })

  it('tape actions - what was refused since it would forget is sent as it was, saying that it may', () => {
    const refused = commandOf('toggle', tape({ ended: true }))!
    expect(forgetQuestion(refused)).toEqual({
      kind: 'forget',
      command: { seek: '2009-01-01T00:00:00Z', resume: true, forget: true },
    })
    expect(tapeCommandSchema.parse(forgetQuestion(refused).command)).toMatchObject({ forget: true })
    expect(tapeCommandSchema.parse(ANEW_QUESTION.command)).toEqual({ anew: true })
  })

  it('tape actions - on the way to a time the models are where the newest reading is, never there already', () => {
    const at = Date.parse('2009-10-24T04:00:00Z')
    const shown = at - 3_600_000
    const onTheWay = { catching_up_to: '2009-10-24T04:00:00Z' }
    expect(livedUpTo(tape(onTheWay), shown)).toBe(shown)
    expect(livedUpTo(tape({ ...onTheWay, paused: true }), undefined)).toBeUndefined()
  })

  it('tape actions - a tape that plays is at the moment shown, one that stands where it stands', () => {
    const at = Date.parse('2009-10-24T04:00:00Z')
    const shown = at - 20 * 86_400_000
    expect(livedUpTo(tape(), shown)).toBe(shown)
    expect(livedUpTo(tape(), undefined)).toBe(at)
    for (const stands of [{ paused: true }, { ended: true }]) expect(livedUpTo(tape(stands), shown)).toBe(at)
    expect(livedUpTo(tape({ position: null }), undefined)).toBeUndefined()
  })

  it('tape actions - every command is one that the protocol knows', () => {
    for (const action of ['toggle', 'step', 'day_back', 'day_forward'] as const) {
      expect(() => tapeCommandSchema.parse(commandOf(action, tape()))).not.toThrow()
    }
  })

  it('tape actions - a tape whose end is not known ends a year past its position', () => {
    expect(tapeSpan(tape({ last: null }))).toMatchObject({
      last: Date.parse('2010-10-24T04:00:00Z'),
      lastKnown: false,
    })
    expect(tapeSpan(tape({ first: null }))).toBeUndefined()
  })
})

describe('keys', () => {
  const stroke = (key: string, more: Partial<Keystroke> = {}): Keystroke => ({
    key,
    shift: false,
    modified: false,
    focus: 'page',
    ...more,
  })

  it('keys - space plays, arrows step and seek, a question mark helps', () => {
    expect(keyAction(stroke(' '))).toBe('toggle')
    expect(keyAction(stroke('ArrowRight'))).toBe('step')
    expect(keyAction(stroke('ArrowRight', { shift: true }))).toBe('day_forward')
    expect(keyAction(stroke('ArrowLeft', { shift: true }))).toBe('day_back')
    expect(keyAction(stroke('?', { shift: true }))).toBe('help')
  })

  it('keys - a control that has the focus keeps its keys, and the browser keeps its own', () => {
    expect(keyAction(stroke(' ', { focus: 'button' }))).toBeUndefined()
    expect(keyAction(stroke('ArrowRight', { focus: 'button' }))).toBe('step')
    expect(keyAction(stroke(' ', { focus: 'field' }))).toBeUndefined()
    expect(keyAction(stroke('ArrowRight', { focus: 'field' }))).toBeUndefined()
    expect(keyAction(stroke('ArrowRight', { modified: true }))).toBeUndefined()
    expect(keyAction(stroke('ArrowLeft'))).toBeUndefined()
  })
})
