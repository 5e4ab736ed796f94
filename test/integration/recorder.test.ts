import { afterEach, expect, it } from 'vitest'
import { openRecorder } from '../../src/app/recorder.ts'
import type { Bus } from '../../src/bus/bus.ts'
import { natsBus } from '../../src/bus/nats.ts'
import { DAY } from '../../src/domain/instant.ts'
import { openKeep } from '../../src/store/keep.ts'
import { forecastAt, pondMessage, readingAt } from '../gateway/messages.ts'
import { temporaryFolder } from '../support/files.ts'
import { describeWithNats, startNatsServer } from '../support/nats-server.ts'
import { until } from '../support/until.ts'

describeWithNats('recorder', () => {
  const files = temporaryFolder()
  const toClose: (() => Promise<unknown>)[] = []
  afterEach(async () => {
    for (const close of toClose.splice(0).reverse()) await close()
  })

  async function recording(url: string, path: string, keepFor?: number) {
    const warned: string[] = []
    const warn = (reason: string) => void warned.push(reason)
    const bus = await natsBus({ url, onError: (error) => warn(error.message) })
    const folder = await openKeep(path)
    const recorder = await openRecorder({ bus, folder, keepFor, warn })
    let closed: Promise<void> | undefined
    const close = () => {
      closed ??= recorder
        .close()
        .then(() => bus.close())
        .then(() => folder.close())
      return closed
    }
    toClose.push(close)
    const kept = async (what: 'reading' | 'forecast') => {
      await recorder.recorded('pond')
      return (await folder.records('pond', what, { limit: 1000 })).map(({ message }) => message)
    }
    return { bus, folder, kept, close, warned }
  }

  const publish = async (bus: Bus, from: number, to: number) => {
    for (let n = from; n < to; n++) {
      await bus.publish('pond', 'reading', readingAt(n), `r${n}`)
      if (n % 6 === 0) await bus.publish('pond', 'forecast', forecastAt(n / 6), `f${n}`)
    }
    await bus.flush()
  }

  it('recorder - what others publish is kept, what was missed while away too, each once; a removed station is forgotten', async () => {
    const nats = await startNatsServer()
    toClose.push(() => nats.remove())
    const path = files.path('kept')
    const sender = await natsBus({ url: nats.url, onError: () => undefined })
    toClose.push(() => sender.close())
    await sender.publish('pond', 'station', pondMessage)
    await publish(sender, 0, 60)

    const first = await recording(nats.url, path)
    await until('what the streams held is kept', async () => (await first.kept('reading')).length === 60)
    await publish(sender, 60, 90)
    await until('and what came', async () => (await first.kept('reading')).length === 90)
    await first.close()
    await publish(sender, 90, 120)

    const again = await recording(nats.url, path)
    const all = Array.from({ length: 120 }, (_, n) => readingAt(n))
    await until('and what was missed', async () => (await again.kept('reading')).length >= 120)
    expect(await again.kept('reading')).toEqual(all)
    expect(await again.kept('forecast')).toEqual(Array.from({ length: 20 }, (_, hour) => forecastAt(hour)))
    expect(again.warned).toEqual([])

    await sender.publish('pond', 'station', { ...pondMessage, removed: true })
    await until('it is forgotten', async () => (await again.kept('reading')).length === 0)
  })

  it('recorder - no longer than is asked for', async () => {
    const nats = await startNatsServer()
    toClose.push(() => nats.remove())
    const { bus, kept } = await recording(nats.url, files.path('short'), DAY)
    await bus.publish('pond', 'station', pondMessage)
    await publish(bus, 0, 300)
    await until('the newest is kept', async () =>
      (await kept('reading')).some((message) => JSON.stringify(message) === JSON.stringify(readingAt(299))),
    )
    // Those that came a second before the newest are on record already, and go with the next sweep.
    await until('what is too old is let go of', async () => (await kept('reading')).length <= 145)
  })
})
