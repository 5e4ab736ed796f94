import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../support/files.ts'
import { jenaFile } from '../support/jena-file.ts'
import { refusal } from './refusal.ts'

const files = temporaryFolder()

describe('refused flags - flags', () => {
  it.each([
    { flags: ['--speed', '0'], says: /'--speed <x>' argument '0' is invalid\. Expected a number above 0/ },
    { flags: ['--speed', 'fast'], says: /'--speed <x>' argument 'fast' is invalid/ },
    { flags: ['--port', '99999'], says: /'--port <n>' argument '99999' is invalid\. .* from 0 to 65535/ },
    { flags: ['--units', 'x'], says: /'--units <list>' argument 'x' is invalid\. .* such as 32 or 32,64/ },
    { flags: ['--from', 'nonsense'], says: /'--from <date>' argument 'nonsense' is invalid\. .* 2012-07-01/ },
    { flags: ['--from', '2015-02-30'], says: /'--from <date>' argument '2015-02-30' is invalid/ },
    { flags: ['--issue-every', '0h'], says: /'--issue-every <duration>' argument '0h' is invalid/ },
    {
      flags: ['--lateness', '999999999999999999d'],
      says: /'--lateness <duration>' argument .* is invalid\. .* at most 36500d/,
    },
    { flags: ['--data', ''], says: /'--data <file>' argument '' is invalid\. Expected some text/ },
    { flags: ['--host', ''], says: /'--host <address>' argument '' is invalid/ },
    { flags: ['--nats', ''], says: /'--nats <url>' argument '' is invalid\. .* such as nats:/ },
    { flags: ['--nats', 'nats://'], says: /'--nats <url>' argument 'nats:\/\/' is invalid/ },
    { flags: ['--engine', 'gpu'], says: /'--engine <name>' argument 'gpu' is invalid\. .* tfjs/ },
    { flags: ['--keep-for', '12h'], says: /'--keep-for <duration>' argument '12h' is invalid\. .* from 1d/ },
    { flags: ['--keep-for', 'ever'], says: /'--keep-for <duration>' argument 'ever' is invalid/ },
    {
      flags: ['--live', '--no-keep', '--keep-for', '30d'],
      says: /--keep-for says how long the record of a live station is kept/,
    },
    { flags: ['--seed', '-1'], says: /'--seed <n>' argument '-1' is invalid/ },
    { flags: ['--sped', '10'], says: /unknown option '--sped' \(Did you mean .*--speed\?\)/ },
    { flags: ['--no-such-flag'], says: /unknown option '--no-such-flag'/ },
    {
      flags: ['--nats', 'http://127.0.0.1:1'],
      says: /'--nats <url>' argument .* such as nats:\/\/127\.0\.0\.1:4222/,
    },
    { flags: ['surplus'], says: /too many arguments/ },
  ])('refused flags - run $flags', async ({ flags, says }) => {
    expect(await refusal(['run', ...flags])).toMatch(says)
  })

  it('refused flags - a second station file, which would take the place of the first', async () => {
    expect(await refusal(['start', '--live', '--station', 'one.yaml', '--station', 'two.yaml'])).toContain(
      "'--station <file>' argument 'two.yaml' is invalid. Expected one: a further station is --neighbour FILE",
    )
  })

  it('refused flags - a flag given by the environment is named as such', async () => {
    const line = await refusal(['run'], { TICKCAST_SPEED: 'warp' })
    expect(line).toContain("'warp' from env 'TICKCAST_SPEED' is invalid")
  })

  it('refused flags - a password in an address stays out of the message', async () => {
    const line = await refusal(['run', '--nats', 'http://ann:secret@127.0.0.1:1'])
    expect(line).not.toContain('secret')
  })

  it('refused flags - a lookback that is no multiple of the stride', async () => {
    const path = await files.write('stride.csv', jenaFile({ days: 1 }))
    const line = await refusal(['run', '--data', path, '--lookback', '100', '--stride', '7'])
    expect(line).toContain('--lookback 100 and --stride 7')
    expect(await refusal(['run', '--data', path, '--lookback', '100'])).toContain(
      '--lookback 100 and --stride 18',
    )
  })

  it('refused flags - flags that contradict one another', async () => {
    const path = await files.write('contradiction.csv', jenaFile({ days: 1 }))
    expect(await refusal(['run', '--live', '--data', path])).toContain('--live')
    expect(await refusal(['run', '--live', '--until-end'])).toContain('--until-end')
    expect(await refusal(['run', '--data', path, '--loop', '--until-end'])).toContain('--loop')
    for (const command of ['run', 'backtest'])
      expect(await refusal([command, '--data', path, '--experts', 'gru', '--no-network'])).toContain(
        '--experts, --without and --no-network leave nobody to forecast',
      )
    expect(await refusal(['run', '--live', '--lead-in', '3d'])).toContain('--lead-in is for a tape')
    expect(await refusal(['run', '--live', '--outside', path])).toContain('--outside is for a tape')
    expect(await refusal(['run', '--station', path])).toContain('--station needs --data FILE')
  })

  it('refused flags - an unknown command, and one that needs more', async () => {
    expect(await refusal(['forcast'])).toContain("unknown command 'forcast'")
    expect(await refusal(['tape', 'rewind'])).toContain("unknown command 'rewind'")
    expect(await refusal(['tape', 'step', '0'])).toContain('Expected a whole number from 1 to 10000')
    expect(await refusal(['tape', 'seek', 'monday'])).toContain("'monday' is invalid")
    expect(await refusal(['tape', 'anew'])).toBe(
      'tickcast: to begin anew forgets all that was lived of the tape and learnt from it, for good: add --yes\n',
    )
    expect(await refusal(['feed'])).toContain("'--station <id>' not specified")
    const both = ['--keep', 'kept', '--url', 'http://127.0.0.1:1']
    expect(await refusal(['explain', 'jena/newest', ...both])).toContain(
      'says where the forecast is, not both',
    )
  })

  it('refused flags - a deployment that nobody is left to forecast in, and topics that there are not', async () => {
    const [none, nobody] = [files.path('none.yaml'), 'persistence']
    const forecast = ['forecast', '--nats', 'nats://127.0.0.1:1']
    expect(await refusal([...forecast, '--station', none])).toContain(none)
    expect(await refusal([...forecast, '--experts', nobody, '--without', nobody])).toContain('leave nobody')
    const watch = ['watch', '--topics', 'forcast', '--url', 'http://127.0.0.1:1']
    expect(await refusal(watch)).toContain("no topic 'forcast'")
  })

  it('refused flags - the commands of a deployment without a NATS address', async () => {
    for (const command of ['replay', 'forecast', 'serve']) {
      expect(await refusal([command])).toContain('--nats URL or NATS_URL')
    }
  })
})
