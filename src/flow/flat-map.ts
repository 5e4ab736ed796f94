import { Observable, type OperatorFunction } from 'rxjs'

/**
 * One input, any number of outputs, all at once and in order: the plain loop that `concatMap(from(...))` comes down
 * to. `finish` may emit what is still held when the source completes.
 */
export function flatMap<Input, Output>(
  expand: (input: Input, emit: (output: Output) => void) => void,
  finish?: (emit: (output: Output) => void) => void,
): OperatorFunction<Input, Output> {
  return (source) =>
    new Observable<Output>((subscriber) => {
      const emit = (output: Output): void => subscriber.next(output)
      return source.subscribe({
        next(input) {
          try {
            expand(input, emit)
          } catch (error) {
            subscriber.error(error)
          }
        },
        error: (error: unknown) => subscriber.error(error),
        complete() {
          finish?.(emit)
          subscriber.complete()
        },
      })
    })
}
