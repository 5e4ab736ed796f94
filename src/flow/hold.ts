import { Observable, type OperatorFunction } from 'rxjs'
import { breather, PIPELINE_SLICE_MS } from '../domain/breather.ts'

/**
 * Passes values through at once and in order; where `until` answers with a promise for one, that value and all
 * after it are held back until the promise is fulfilled. They wait in `waiting`, which is handed in: what waited there
 * before goes first. It grows as long as the source lets it: the bus bounds how many ticks are under way.
 */
export function hold<T>(
  waiting: T[],
  until: (value: T) => Promise<void> | undefined,
): OperatorFunction<T, T> {
  return (source) =>
    new Observable<T>((subscriber) => {
      let held = false
      let completed = false
      const breath = breather(PIPELINE_SLICE_MS)

      /** Passes on what waits, up to the first that is still to be held; after a while it lets everything else that is due run. */
      const drain = (): void => {
        while (!held && !subscriber.closed && waiting.length > 0) {
          const wait = breath.isDue ? breath.pause() : until(waiting[0]!)
          if (wait === undefined) {
            subscriber.next(waiting.shift()!)
            continue
          }
          held = true
          wait.then(
            () => {
              held = false
              drain()
            },
            (error: unknown) => subscriber.error(error),
          )
        }
        if (completed && !held && waiting.length === 0) subscriber.complete()
      }

      drain()
      return source.subscribe({
        next(value) {
          waiting.push(value)
          drain()
        },
        error: (error: unknown) => subscriber.error(error),
        complete() {
          completed = true
          drain()
        },
      })
    })
}
