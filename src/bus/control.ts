import { type ReplyCode, replyError } from '../protocol/codes.ts'
import type { TapeCommand } from '../protocol/tape.ts'
import type { ControlReply } from './bus.ts'

export type ControlHandler = (command: TapeCommand) => Promise<ControlReply>

export function errorReply(code: ReplyCode, message: string): ControlReply {
  return { error: replyError(code, message) }
}

export function noReplay(station: string): ControlReply {
  return errorReply('no_replay', `no tape is played for station '${station}': there is nothing to control`)
}

/** Whoever asks is always answered: a handler that fails is reported, and the asker told so. */
export async function answer(
  handler: ControlHandler,
  command: TapeCommand,
  onError: (error: unknown) => void,
): Promise<ControlReply> {
  try {
    return await handler(command)
  } catch (error) {
    onError(error)
    return errorReply('internal', 'the tape failed to carry this out; the log of its process says why')
  }
}
