/** Something that shows the state, at most once a frame and at most once in `everyMs`. */
export interface Painter<State> {
  /** 0: every frame. Figures that change faster than a few times a second cannot be read. */
  readonly everyMs: number
  /** `now` as of the frame, in milliseconds. */
  paint(state: State, now: number): void
}

export interface FrameLoopOptions<State> {
  readonly painters: readonly Painter<State>[]
  readonly requestFrame: (callback: (now: number) => void) => void
}

export interface FrameLoop<State> {
  /** However often this is called between two frames, each painter runs once, with the newest state. */
  show(state: State): void
}

/** Between the stream, which comes as fast as it likes, and the screen, which has 60 frames a second. */
export function frameLoop<State>({ painters, requestFrame }: FrameLoopOptions<State>): FrameLoop<State> {
  const entries = painters.map((painter) => ({ painter, paintedAt: Number.NEGATIVE_INFINITY, dirty: false }))
  let newest: { readonly state: State } | undefined
  let requested = false

  const request = () => {
    if (requested) return
    requested = true
    requestFrame(frame)
  }
  const frame = (now: number) => {
    requested = false
    if (!newest) return
    for (const entry of entries) {
      if (!entry.dirty) continue
      if (now - entry.paintedAt < entry.painter.everyMs) {
        request()
        continue
      }
      entry.dirty = false
      entry.paintedAt = now
      entry.painter.paint(newest.state, now)
    }
  }
  return {
    show(state) {
      newest = { state }
      for (const entry of entries) entry.dirty = true
      request()
    },
  }
}
