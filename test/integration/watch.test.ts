import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { readingAt } from '../gateway/messages.ts'
import { started } from '../gateway/started.ts'
import { startTickcast } from '../support/process.ts'
import { until } from '../support/until.ts'

interface Line {
  readonly offset: number
  readonly kind: string
  readonly missed?: number | null
  readonly data: { readonly values: Record<string, number> }
}

/** A line to a gateway that can be cut, and joined again to it or to another. */
async function openWire(port: number) {
  let target: number | undefined = port
  const sockets = new Set<Socket>()
  const wire = createServer((from) => {
    sockets.add(from)
    from.on('error', () => undefined)
    if (target === undefined) return void from.destroy()
    const to = connect(target, '127.0.0.1')
    to.on('error', () => from.destroy())
    from.on('close', () => to.destroy())
    to.on('close', () => from.destroy())
    from.pipe(to).pipe(from)
  }).listen(0, '127.0.0.1')
  await once(wire, 'listening')
  const cut = (): void => {
    target = undefined
    for (const socket of sockets) socket.destroy()
  }
  onTestFinished(() => {
    cut()
    wire.close()
  })
  return {
    url: `http://127.0.0.1:${(wire.address() as AddressInfo).port}`,
    cut,
    join(to: number): void {
      target = to
    },
  }
}

it('watch - lines of JSON carry offsets, and say how many were missed while the line was cut, or that nobody knows', async () => {
  const { bus, gateway } = await started()
  bus.publish('pond', 'reading', readingAt(0))
  const wire = await openWire(gateway.port)
  const watch = startTickcast(['watch', '--json', '--topics', 'reading', '--url', wire.url])
  onTestFinished(async () => void (await watch.stop()))
  const line = (offset: number, kind: string): Promise<Line> =>
    until(`the ${kind} ${offset}`, () =>
      watch.stdout
        .split('\n')
        .slice(0, -1)
        .map((text) => JSON.parse(text) as Line)
        .findLast((each) => each.offset === offset && each.kind === kind),
    )
  expect(await line(1, 'snapshot')).toEqual({
    ...{ station: 'pond', topic: 'reading', kind: 'snapshot', offset: 1 },
    data: readingAt(0),
  })
  bus.publish('pond', 'reading', readingAt(1))
  expect(await line(2, 'update')).not.toHaveProperty('missed')

  // What the server still has comes afterwards.
  wire.cut()
  for (let n = 2; n < 12; n++) bus.publish('pond', 'reading', readingAt(n))
  wire.join(gateway.port)
  expect(await line(12, 'update')).not.toHaveProperty('missed')
  for (let offset = 3; offset < 12; offset++)
    expect(await line(offset, 'update')).not.toHaveProperty('missed')

  // Of more than it has, the newest comes and the count of the others.
  wire.cut()
  for (let n = 12; n < 412; n++) bus.publish('pond', 'reading', readingAt(n))
  wire.join(gateway.port)
  expect(await line(412, 'snapshot')).toMatchObject({ missed: 399, data: { values: { 'T (degC)': 411 } } })
  bus.publish('pond', 'reading', readingAt(412))
  expect(await line(413, 'update')).not.toHaveProperty('missed')

  // Another server counts anew.
  wire.cut()
  const other = await started()
  other.bus.publish('pond', 'reading', readingAt(500))
  wire.join(other.gateway.port)
  await until('the line of the other server', () => watch.stdout.includes('"missed":null'))
  expect(JSON.parse(watch.stdout.trim().split('\n').at(-1)!)).toMatchObject({
    ...{ offset: 1, kind: 'snapshot', missed: null },
    data: { values: { 'T (degC)': 500 } },
  })
})
