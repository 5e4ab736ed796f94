import { of, Subject } from 'rxjs'
import { TestScheduler } from 'rxjs/testing'
import { describe, expect, it } from 'vitest'
import { holding } from '../../src/flow/holding.ts'

describe('holding', () => {
  it('holding - passes everything at once where nothing has to be waited for', () => {
    new TestScheduler((actual, expected) => expect(actual).toEqual(expected)).run(
      ({ hot, expectObservable }) => {
        const source$ = hot('-a-(bc)-d|')
        const result$ = '    -a-(bc)-d|'
        expectObservable(source$.pipe(holding(() => undefined))).toBe(result$)
      },
    )
  })

  it('holding - keeps the order and loses nothing while one value waits', async () => {
    const source$ = new Subject<number>()
    const seen: number[] = []
    let open = (): void => undefined
    const gate = new Promise<void>((resolve) => {
      open = resolve
    })
    const done = new Promise<void>((resolve) => {
      source$
        .pipe(holding((value) => (value === 2 ? gate : undefined)))
        .subscribe({ next: (value) => seen.push(value), complete: resolve })
    })
    for (const value of [1, 2, 3, 4]) source$.next(value)
    source$.complete()
    expect(seen).toEqual([1])
    open()
    await done
    expect(seen).toEqual([1, 2, 3, 4])
  })

  it('holding - waits again for a value that was itself held back', async () => {
    const asked: number[] = []
    const seen: number[] = []
    await new Promise<void>((resolve) => {
      of(1, 2, 3)
        .pipe(
          holding((value) => {
            asked.push(value)
            return Promise.resolve()
          }),
        )
        .subscribe({ next: (value) => seen.push(value), complete: resolve })
    })
    expect(asked).toEqual([1, 2, 3])
    expect(seen).toEqual([1, 2, 3])
  })

  it('holding - hands on the failure of what it waits for', async () => {
    const failure = new Error('the trainer is gone')
    const caught = await new Promise((resolve) => {
      of(1)
        .pipe(holding(() => Promise.reject(failure)))
        .subscribe({ error: resolve })
    })
    expect(caught).toBe(failure)
  })
})
