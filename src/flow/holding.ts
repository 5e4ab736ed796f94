import { Observable, type OperatorFunction } from 'rxjs'

/**
 * Passes values through at once and in order; where `until` answers with a promise for one, that value and all
 * after it are held back until the promise is fulfilled. The queue is as long as the source lets it become: the
 * bus bounds how many ticks are under way.
 */
export function holding<T>(until: (value: T) => Promise<void> | undefined): OperatorFunction<T, T> {
  return (source) =>
    new Observable<T>((subscriber) => {
      const queue: T[] = []
      let waiting = false
      let completed = false

      const pass = (value: T): void => {
        const wait = until(value)
        if (wait === undefined) {
          subscriber.next(value)
          return
        }
        waiting = true
        wait.then(
          () => {
            waiting = false
            subscriber.next(value)
            drain()
          },
          (error: unknown) => subscriber.error(error),
        )
      }

      const drain = (): void => {
        while (!waiting && !subscriber.closed) {
          const value = queue.shift()
          if (value === undefined) break
          pass(value)
        }
        if (completed && !waiting && queue.length === 0) subscriber.complete()
      }

      return source.subscribe({
        next: (value) => (waiting ? void queue.push(value) : pass(value)),
        error: (error: unknown) => subscriber.error(error),
        complete: () => {
          completed = true
          drain()
        },
      })
    })
}
