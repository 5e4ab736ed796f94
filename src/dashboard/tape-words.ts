import { type Instant, MINUTE } from '../domain/instant.ts'
import type { StationMessage } from '../protocol/station-message.ts'
import type { TapeMessage } from '../protocol/tape.ts'
import { count, type StationClock, speedName, stationClock } from './format.ts'
import type { Question } from './tape-actions.ts'

/** What is said of a tape, and asked, in words: a tape that is kept remembers what was lived, another one forgets. */
export interface TapeWords {
  /** Of the scrubber. */
  readonly seek: string
  readonly loop: string
  /** Of playing on at the end. */
  readonly replay: string
  readonly dayBack: string
  /** For the help: what a seek does. */
  readonly help: string
}

const KEPT: TapeWords = {
  seek: 'To a time that was lived: it is lived again from the nearest kept state. Ahead of all that was lived: a jump',
  loop: 'At the end, begins anew with models that have learnt nothing; what was lived is kept',
  replay: 'Play from the start, with models that have learnt nothing; what was lived is kept',
  dayBack: 'a day back, as having lived there',
  help:
    'This tape is kept. A seek to a time that was lived restores the nearest kept state of the models and lives on from ' +
    'it to there, as fast as possible; ahead of all that was lived it jumps. Where a seek would forget something, the ' +
    'page asks first.',
}

const NOT_KEPT: TapeWords = {
  seek: 'Ahead: a jump. Back: forgets everything learnt, and asks first',
  loop: 'At the end, begins anew with models that have learnt nothing',
  replay: 'Play from the start: forgets everything learnt, and asks first',
  dayBack: 'a day back; forgets everything learnt, and asks first',
  help:
    'This tape is not kept. A seek ahead jumps; a seek back begins with models that have learnt nothing, and forgets ' +
    'everything learnt. The page asks first.',
}

export function tapeWords({ remembers }: TapeMessage): TapeWords {
  return remembers ? KEPT : NOT_KEPT
}

/** `on its way to 1 Jul 2012`, whether it lives again what was lived or jumps ahead; undefined where it is neither. */
export function catchingUpText(
  tape: TapeMessage | undefined,
  station: StationMessage | undefined,
): string | undefined {
  if (tape?.catching_up_to === undefined) return undefined
  const clock = stationClock(station?.time.utc_offset_minutes ?? 0)
  return `on its way to ${dateAndTime(Date.parse(tape.catching_up_to), clock)}`
}

/** Without the time where it is midnight. */
function dateAndTime(instant: Instant, clock: StationClock): string {
  const midnight = (instant + clock.offsetMinutes * MINUTE) % (24 * 60 * MINUTE) === 0
  return midnight ? clock.date(instant) : `${clock.date(instant)} ${clock.time(instant)}`
}

/** The line under the scrubber. */
export function tapeNote(tape: TapeMessage, station: StationMessage | undefined): string {
  const catchingUp = catchingUpText(tape, station)
  // Where there is little room its end is cut off.
  if (catchingUp) return `${catchingUp}${tape.paused ? ', then paused' : ''} · ${count(tape.rows)} rows`
  if (tape.ended) return `The tape has ended after ${count(tape.rows)} rows.`
  if (tape.paused && tape.paused_because) return tape.paused_because
  return `${count(tape.rows)} rows played ${tape.paused ? '· paused' : `· ${speedName(tape.speed)}`}`
}

export interface QuestionWords {
  readonly title: string
  readonly text: string
  /** On the button that says yes. */
  readonly yes: string
}

/** What is asked, as the tape stands. */
export function questionWords(
  { kind, command }: Question,
  { tape, station }: { readonly tape: TapeMessage | undefined; readonly station: StationMessage | undefined },
): QuestionWords {
  if (kind === 'anew') {
    const what = tape?.remembers
      ? 'All that was lived of this tape, and everything learnt from it, is forgotten.'
      : 'Everything learnt from this tape is forgotten.'
    return {
      title: 'Begin anew?',
      text: `${what} The tape begins at its start, with models that have learnt nothing. This cannot be undone.`,
      yes: 'Forget and begin anew',
    }
  }
  const clock = stationClock(station?.time.utc_offset_minutes ?? 0)
  const to = command.seek === undefined ? 'there' : clock.stamp(Date.parse(command.seek))
  const isBeforeAll =
    tape?.start !== undefined &&
    command.seek !== undefined &&
    Date.parse(command.seek) < Date.parse(tape.start)
  const text = tape?.remembers
    ? isBeforeAll
      ? `${to} is before all that was lived of this tape. Going there forgets all of it, and everything learnt from it, ` +
        'for good: it was lived without that time.'
      : `${to} was passed over, and times after it were lived. Going there forgets them, and all that was learnt since, ` +
        'for good: they were lived without it. What was lived before it stays.'
    : `This tape is not kept. Going back to ${to} forgets everything learnt so far, for good, and begins there with ` +
      'models that have learnt nothing.'
  return {
    title: 'Forget what was learnt?',
    text,
    yes: command.resume ? 'Forget and play from there' : 'Forget and go there',
  }
}
