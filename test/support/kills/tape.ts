import { join } from 'node:path'
import { DAY, formatInstant, HOUR, type Instant, parseInstant } from '../../../src/domain/instant.ts'
import { freePort, type Running, startTickcast } from '../process.ts'
import { until } from '../until.ts'
import { differences, messageDifferences, stateDifferences } from './differences.ts'
import { follow } from './follow.ts'
import { kept, type OnRecord } from './live.ts'
import type { KillOutcome } from './outcome.ts'
import { beginningOf, type KillRun, MODEL, newestIssue, pause } from './runs.ts'

export interface TapeKills extends KillRun {
  /** Event time over wall time. */
  readonly speed: number | 'max'
  readonly rows: number
  /** Now and then it is wound back meanwhile: what it lives again must be what it was. */
  readonly woundBack?: boolean
}

/**
 * One process that plays a tape and is started again by the same command. The folder has the record of the newest
 * fortnight. What was forecast before that is compared as far as a page was shown it, which is sent the newest only where
 * they come fast; and all of it in the sums of errors of the state, in which one bit of one forecast of one expert would
 * show.
 */
export async function killTape({
  data,
  folder,
  kills,
  random,
  speed,
  rows,
  woundBack = false,
}: TapeKills): Promise<KillOutcome> {
  const file = await beginningOf(data, { folder, rows })
  const begin = (keep: string, port: number): Running =>
    startTickcast([
      ...['start', '--data', file, '--speed', String(speed), '--until-end'],
      ...['--keep', keep, '--port', String(port), ...MODEL],
    ])
  const throughTo = async (running: Running): Promise<void> => {
    const { code, stdout, stderr } = await running.ended
    if (code !== 0) throw new Error(`it ended with ${code}: ${stdout}${stderr}`)
  }
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const unbroken = join(folder, `tape-${speed}-unbroken`)
  const shown = follow(url)
  await throughTo(begin(unbroken, port))
  shown.close()
  const was = await kept(unbroken)

  const result = { forecasts: 0, scores: 0, lost: 0, doubled: 0, unequal: [] as string[] }
  const backMs: number[] = []
  let done = 0
  let newest = ''
  for (let round = 0; done < kills; round++) {
    const keep = join(folder, `tape-${speed}-killed-${round}`)
    let running = begin(keep, port)
    newest = ''
    const page = follow(url)
    let killedAt: number | undefined
    while (running.pid !== null && done < kills) {
      // While it starts, or once it plays.
      if (random.below(3) > 0) await Promise.race([running.address(), running.ended]).catch(() => undefined)
      const due = performance.now() + random.below(3000)
      while (performance.now() < due && running.pid !== null) {
        const issue = (await newestIssue(url)) ?? ''
        if (issue > newest) {
          if (killedAt !== undefined && newest !== '') backMs.push(performance.now() - killedAt)
          killedAt = undefined
          newest = issue
        }
        await pause(10)
      }
      if (running.pid === null) break
      const winds = woundBack && newest !== '' && random.below(3) === 0
      if (winds) {
        await windBack(url, parseInstant(newest)! - random.below(10 * 24) * HOUR)
        await pause(random.below(500))
      }
      // Killed before it was back: from then on nobody asks how long that takes.
      const wasBack = killedAt === undefined
      killedAt = wasBack && !winds ? performance.now() : undefined
      const { code, stderr } = await running.stop('SIGKILL')
      if (code !== null && code !== 0) throw new Error(`it ended with ${code}: ${stderr}`)
      if (code === 0) break
      done++
      running = begin(keep, port)
    }
    await until('the tape is through', () => running.pid === null)
    await throughTo(running)
    if (running.stderr !== '') result.unequal.push(`it said: ${running.stderr}`)
    page.close()
    const is = await kept(keep)
    // What is older is let go of in passing, now sooner, now later.
    const since = formatInstant(parseInstant(was.readings.at(-1)!.event_time)! - 14 * DAY)
    const of = (records: readonly OnRecord[]): readonly OnRecord[] =>
      records.filter(({ event_time, issued_at, as_of }) => (event_time ?? issued_at ?? as_of) >= since)
    const all = [
      messageDifferences(of(is.readings), of(was.readings), { what: 'reading', nameOf: (m) => m.event_time }),
      messageDifferences(of(is.forecasts), of(was.forecasts), {
        what: 'forecast',
        nameOf: (m) => m.issued_at,
      }),
      messageDifferences(of(is.scores), of(was.scores), { what: 'score', nameOf: (m) => m.as_of }),
    ]
    result.forecasts += of(is.forecasts).length
    result.scores += of(is.scores).length
    for (const { lost, doubled, unequal } of all) {
      result.lost += lost
      result.doubled += doubled
      result.unequal.push(...unequal)
    }
    const onBoth = [...page.forecasts].filter(([at]) => at < since && shown.forecasts.has(at))
    result.forecasts += onBoth.length
    result.unequal.push(
      ...onBoth.flatMap(([at, forecast]) =>
        differences(forecast, shown.forecasts.get(at)).map((difference) => `forecast ${at}: ${difference}`),
      ),
      ...page.unequal,
      ...stateDifferences(is.state, was.state),
    )
  }
  const scenario = `one process, tape at ${speed}${woundBack ? ', wound back' : ''}`
  return { scenario, kills: done, ...result, backMs }
}

/** Whether it is obeyed is up to the tape: its process may be away, or the time before its beginning. */
async function windBack(url: string, to: Instant): Promise<void> {
  await fetch(`${url}/v1/stations/jena/replay`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ seek: formatInstant(to), resume: true }),
    signal: AbortSignal.timeout(10_000),
  }).catch(() => undefined)
}
