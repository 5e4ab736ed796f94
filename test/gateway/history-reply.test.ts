import { describe, expect, it } from 'vitest'
import { History } from '../../src/gateway/history-reply.ts'
import { forecastAt, readingAt } from './messages.ts'

const mark = (session: string) => ({ session, speed: 3600, paused: false })
const last = (history: History, hours: number, forecasts: 'hourly' | 'compared' = 'hourly') =>
  history.last({ hours, target: 'T (degC)', forecasts })
const values = (history: History, hours: number) => last(history, hours).readings.map(({ value }) => value)

describe('history', () => {
  it('history - the last hours are counted back from the newest reading', () => {
    const history = new History()
    for (let n = 0; n <= 30; n++) history.takeReading(readingAt(n))
    expect(values(history, 1)).toEqual([24, 25, 26, 27, 28, 29, 30])
  })

  it('history - holds a bounded number of readings, the newest, in order', () => {
    const history = new History()
    for (let n = 0; n < 12_345; n++) history.takeReading(readingAt(n))
    const held = values(history, 10_000)
    expect(held).toEqual(Array.from({ length: 5_000 }, (_, k) => 7_345 + k))
  })

  it('history - one forecast of each hour and no more than two days of them', () => {
    const history = new History()
    for (let hour = 0; hour < 60; hour++) {
      history.takeForecast(forecastAt(hour))
      history.takeForecast(forecastAt(hour + 0.5))
    }
    const { forecasts } = last(history, 72)
    expect(forecasts.map(({ models }) => models['mixture']?.[0])).toEqual(
      Array.from({ length: 48 }, (_, k) => 12 + k),
    )
  })

  it('history - to compare with, the forecast that held at the newest reading and the one of a day before it', () => {
    const history = new History()
    const issued = () => last(history, 72, 'compared').forecasts.map(({ models }) => models['mixture']?.[0])
    expect(issued()).toEqual([])
    history.takeForecast(forecastAt(0))
    history.takeReading(readingAt(0))
    expect(issued()).toEqual([0])
    for (let hour = 1; hour <= 40; hour++) {
      for (let tick = 0; tick < 6; tick++) history.takeReading(readingAt(6 * hour + tick))
      history.takeForecast(forecastAt(hour))
    }
    expect(issued()).toEqual([16, 40])
    history.takeForecast(forecastAt(40.5))
    expect(issued()).toEqual([16, 40.5])
    // Of another topic it may be here before its own reading is.
    history.takeForecast(forecastAt(41))
    expect(issued()).toEqual([16, 40])
  })

  it('history - a new replay session begins with nothing, a live reading in between changes nothing', () => {
    const history = new History()
    history.takeReading(readingAt(1, mark('a')))
    history.takeForecast(forecastAt(1, mark('a')))
    history.takeReading(readingAt(2))
    history.takeReading(readingAt(3, mark('a')))
    expect(values(history, 24)).toEqual([1, 2, 3])
    history.takeReading(readingAt(0, mark('b')))
    expect(values(history, 24)).toEqual([0])
    expect(last(history, 24).forecasts).toEqual([])
  })
})
