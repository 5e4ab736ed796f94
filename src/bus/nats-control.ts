import { ErrorCode, type Msg, NatsError } from 'nats'
import { z } from 'zod'
import { REPLY_CODES, type ReplyCode } from '../protocol/codes.ts'
import { issueText } from '../protocol/schema-issue.ts'
import { type TapeCommand, tapeCommandSchema, tapeSchema } from '../protocol/tape.ts'
import { subjectOf } from '../protocol/topics.ts'
import type { BusSubscription, ControlReply } from './bus.ts'
import { answer, type ControlHandler, errorReply, noReplay } from './control.ts'
import type { NatsLink } from './nats-connection.ts'
import { encodeJson } from './wire.ts'

const isReplyCode = (code: string): code is ReplyCode => code in REPLY_CODES

const replySchema = z.union([
  z.object({ result: tapeSchema }),
  z.object({
    error: z.object({
      code: z.string().refine(isReplyCode),
      message: z.string(),
      temporary: z.boolean(),
    }),
  }),
])

export interface AskOptions {
  readonly station: string
  readonly command: TapeCommand
  readonly timeoutMs: number
}

/** Control does not pass through a stream: a command that nobody hears is answered at once, and never carried out later. */
export async function askTape(
  { connection }: NatsLink,
  { station, command, timeoutMs }: AskOptions,
): Promise<ControlReply> {
  try {
    const reply = await connection.request(subjectOf(station, 'control'), encodeJson(command), {
      timeout: timeoutMs,
    })
    return replySchema.parse(reply.json())
  } catch (error) {
    const code = error instanceof NatsError ? error.code : undefined
    if (code === ErrorCode.NoResponders) return noReplay(station)
    if (code === ErrorCode.Timeout) {
      return errorReply(
        'busy',
        `the tape of station '${station}' did not answer within ${timeoutMs / 1000} s`,
      )
    }
    throw error
  }
}

export function answerForTape(
  { connection }: NatsLink,
  {
    station,
    handler,
    onError,
  }: {
    readonly station: string
    readonly handler: ControlHandler
    readonly onError: (cause: unknown) => void
  },
): BusSubscription {
  const subscription = connection.subscribe(subjectOf(station, 'control'), {
    callback: (_, message) => void reply(message),
  })

  async function reply(message: Msg): Promise<void> {
    const command = parseCommand(message)
    const answered =
      'rejection' in command ? command.rejection : await answer(handler, command.command, onError)
    if (!connection.isClosed()) message.respond(encodeJson(answered))
  }

  return {
    async close() {
      subscription.unsubscribe()
    },
  }
}

function parseCommand(
  message: Msg,
): { readonly command: TapeCommand } | { readonly rejection: ControlReply } {
  let json: unknown
  try {
    json = message.json()
  } catch {
    return { rejection: errorReply('bad_json', 'a tape command is JSON') }
  }
  const parsed = tapeCommandSchema.safeParse(json)
  if (parsed.success) return { command: parsed.data }
  return {
    rejection: errorReply('bad_request', issueText(parsed.error, json)),
  }
}
