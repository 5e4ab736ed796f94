import { from, lastValueFrom, of, Subject, toArray } from 'rxjs'
import { describe, expect, it } from 'vitest'
import { flatMap } from '../../src/flow/flat-map.ts'

describe('flat map', () => {
  it('flat map - gives any number of values for each, at once and in order', () => {
    const source$ = new Subject<number>()
    const seen: string[] = []
    source$
      .pipe(
        flatMap<number, string>((count, emit) => {
          for (let index = 0; index < count; index++) emit(`${count}.${index}`)
        }),
      )
      .subscribe((value) => seen.push(value))
    source$.next(2)
    expect(seen).toEqual(['2.0', '2.1'])
    source$.next(0)
    source$.next(1)
    expect(seen).toEqual(['2.0', '2.1', '1.0'])
  })

  it('flat map - gives what is still held when the source completes', async () => {
    const held: number[] = []
    const keep = flatMap<number, number>(
      (value) => held.push(value),
      (emit) => held.forEach(emit),
    )
    expect(await lastValueFrom(from([1, 2]).pipe(keep, toArray()))).toEqual([1, 2])
  })

  it('flat map - what is thrown, by it or before it, ends the stream as its failure', async () => {
    const failure = new Error('a defect')
    const fail = flatMap<number, number>(() => {
      throw failure
    })
    const passed = flatMap<number, number>((value, emit) => emit(value))
    for (const operator of [fail, passed]) {
      const source$ = of(1).pipe(fail, operator)
      expect(await lastValueFrom(source$).catch((error: unknown) => error)).toBe(failure)
    }
  })
})
