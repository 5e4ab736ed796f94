import { of, Subject } from 'rxjs'
import { TestScheduler } from 'rxjs/testing'
import { describe, expect, it } from 'vitest'
import { deferred } from '../../src/domain/deferred.ts'
import { hold } from '../../src/flow/hold.ts'

describe('hold', () => {
  it('hold - passes everything at once where nothing has to be waited for', () => {
    new TestScheduler((actual, expected) => expect(actual).toEqual(expected)).run(
      ({ hot, expectObservable }) => {
        const source$ = hot('-a-(bc)-d|')
        const result$ = '    -a-(bc)-d|'
        expectObservable(source$.pipe(hold<string>([], () => undefined))).toBe(result$)
      },
    )
  })

  it('hold - keeps the order and loses nothing while one value waits', async () => {
    const source$ = new Subject<number>()
    const seen: number[] = []
    const waiting: number[] = []
    const gate = deferred<void>()
    let isOpen = false
    const done = new Promise<void>((resolve) => {
      source$
        .pipe(hold(waiting, (value) => (value === 2 && !isOpen ? gate.promise : undefined)))
        .subscribe({ next: (value) => seen.push(value), complete: resolve })
    })
    for (const value of [1, 2, 3, 4]) source$.next(value)
    source$.complete()
    expect(seen).toEqual([1])
    expect(waiting).toEqual([2, 3, 4])
    isOpen = true
    gate.resolve()
    await done
    expect(seen).toEqual([1, 2, 3, 4])
    expect(waiting).toEqual([])
  })

  it('hold - asks again for what it has waited for, and for each value in turn', async () => {
    const asked: number[] = []
    const seen: number[] = []
    await new Promise<void>((resolve) => {
      of(1, 2, 3)
        .pipe(
          hold<number>([], (value) => {
            const again = asked.at(-1) === value
            asked.push(value)
            return again ? undefined : Promise.resolve()
          }),
        )
        .subscribe({ next: (value) => seen.push(value), complete: resolve })
    })
    expect(asked).toEqual([1, 1, 2, 2, 3, 3])
    expect(seen).toEqual([1, 2, 3])
  })

  it('hold - what waited in what it is given goes first', () => {
    const seen: number[] = []
    of(3, 4)
      .pipe(hold([1, 2], () => undefined))
      .subscribe((value) => seen.push(value))
    expect(seen).toEqual([1, 2, 3, 4])
  })

  it('hold - hands on the failure of what it waits for', async () => {
    const failure = new Error('the trainer is gone')
    const caught = await new Promise((resolve) => {
      of(1)
        .pipe(hold<number>([], () => Promise.reject(failure)))
        .subscribe({ error: resolve })
    })
    expect(caught).toBe(failure)
  })

  it('hold - passes nothing on once nobody listens any more', async () => {
    const seen: number[] = []
    const gate = deferred<void>()
    let isOpen = false
    const waiting: number[] = []
    const subscription = of(1, 2)
      .pipe(hold(waiting, () => (isOpen ? undefined : gate.promise)))
      .subscribe((value) => seen.push(value))
    subscription.unsubscribe()
    isOpen = true
    gate.resolve()
    await gate.promise
    await Promise.resolve()
    expect(seen).toEqual([])
    expect(waiting).toContain(1)
  })
})
