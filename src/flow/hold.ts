import { Observable, type OperatorFunction } from 'rxjs'

/** Values are passed on without a pause for so long: a reading of a station with all experts takes as much again. */
const LONGEST_BUSY_MS = 5

function breath(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

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
      /** When the first value of this turn of the event loop was passed on, however many drains there are in it. */
      let busySince: number | undefined

      const isBusyForLong = (): boolean => {
        const now = performance.now()
        if (busySince === undefined) {
          busySince = now
          setImmediate(() => {
            busySince = undefined
          })
        }
        return now - busySince > LONGEST_BUSY_MS
      }

      /** Passes on what waits, up to the first that is still to be held; after a while it lets everything else that is due run. */
      const drain = (): void => {
        while (!held && !subscriber.closed && waiting.length > 0) {
          const wait = isBusyForLong() ? breath() : until(waiting[0]!)
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
