import { z } from 'zod'
import { tapeCommandSchema } from './tape.ts'
import { CLIENT_TOPICS } from './topics.ts'

const requestId = z.union([z.number(), z.string().max(64)])
const position = z.object({
  epoch: z.string().max(64),
  offsets: z.record(z.string().max(64), z.number().int().min(0)),
})

/** Frames a WebSocket client may send. */
export const clientFrameSchema = z.union([
  z
    .object({
      id: requestId,
      subscribe: z
        .object({
          station: z.string(),
          topics: z.array(z.string()).min(1).max(16),
          recover: position.optional(),
        })
        .strict(),
    })
    .strict(),
  z
    .object({
      id: requestId,
      unsubscribe: z.object({ station: z.string(), topics: z.array(z.string()).min(1).max(16) }).strict(),
    })
    .strict(),
  z.object({ id: requestId, ping: z.unknown() }).strict(),
  z.object({ id: requestId, replay: tapeCommandSchema }).strict(),
])
export type ClientFrame = z.infer<typeof clientFrameSchema>

export const pushSchema = z.object({
  station: z.string(),
  topic: z.enum(CLIENT_TOPICS),
  kind: z.enum(['snapshot', 'update']),
  offset: z.number().int(),
  data: z.unknown(),
})
export type Push = z.infer<typeof pushSchema>
