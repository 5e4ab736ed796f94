import { z } from 'zod'
import { parsedSpeed, speedMessage } from '../src/protocol/encode.ts'
import { speedSchema } from '../src/protocol/provenance.ts'
import { placeBehind, rowsOf } from './lived.ts'
import { NOT_CATCHING_UP, type ReplayControllerState } from './replay-controller-state.ts'

const instant = z.number()
const count = z.number().int().min(0)

/** How a tape stands, so that it goes on from there: JSON. */
export const keptTapeSchema = z.object({
  session: z.string(),
  lived: z
    .array(
      z.object({
        from: instant.nullable(),
        rows: count,
        until: instant.nullable(),
        last: z.string().optional(),
      }),
    )
    .min(1),
  rows: count,
  played: instant.nullable(),
  /** Where it is on its way to, as far as it is not there yet. */
  target: instant.nullable(),
  leadInEnd: instant.nullable(),
  speed: speedSchema,
  paused: z.boolean(),
  pausedBecause: z.string().optional(),
  loop: z.boolean(),
})
export type KeptTape = z.infer<typeof keptTapeSchema>

export function keptTapeOf(state: ReplayControllerState): KeptTape {
  const { session, lived, rows, catchUp, played, target, leadInEnd, speed, paused, pausedBecause, loop } =
    state
  return {
    session,
    lived: lived.map((stretch) => ({ ...stretch })),
    rows: Math.max(rows, catchUp.rows),
    played,
    target,
    leadInEnd: Number.isFinite(leadInEnd) ? leadInEnd : null,
    speed: speedMessage(speed),
    paused,
    ...(pausedBecause !== undefined && { pausedBecause }),
    loop,
  }
}

/**
 * The state of a replay that goes on where one was kept, in its session: `rows` since the models began, whatever of them
 * the models have yet to live again. What the start asks for takes the place of what was kept.
 */
export function resumed(
  kept: KeptTape,
  { speed, paused, loop }: { readonly speed?: number; readonly paused?: boolean; readonly loop?: boolean },
  after: (most: number) => number | undefined,
): Partial<ReplayControllerState> {
  const { session, lived, rows, played, target } = kept
  const place = placeBehind(lived, rows)
  return {
    session,
    after: after(Math.min(rows, rowsOf(lived))) ?? 0,
    lived: lived.map((stretch) => ({ ...stretch })),
    rows,
    stretch: place.stretch,
    rowsOfStretch: place.rows,
    played,
    target,
    catchUp: target === null ? NOT_CATCHING_UP : { to: target, rows: 0 },
    leadInEnd: kept.leadInEnd ?? Number.NEGATIVE_INFINITY,
    speed: speed ?? parsedSpeed(kept.speed),
    paused: paused ?? kept.paused,
    pausedBecause: (paused ?? kept.paused) ? kept.pausedBecause : undefined,
    loop: loop ?? kept.loop,
  }
}
