import { LEADS, validTime } from '../../domain/forecast.ts'
import { DAY, MINUTE } from '../../domain/instant.ts'
import { type Station, targetIndex } from '../../domain/station.ts'
import type { Forecaster } from '../forecaster.ts'
import { keepHour } from '../outside/hourly-ring.ts'
import { keepInRange, widenRange } from '../seen-range.ts'
import { dayDesign } from './day-design.ts'
import { learnDay, learnErrors, shareLeft } from './day-learning.ts'
import { DAY_HOURS, profileOf } from './day-profile.ts'
import {
  before,
  type DayAheadState,
  dayOf,
  emptyDayAhead,
  errorNow,
  forecastOf,
  hourOfDay,
  isReady,
  unscaled,
} from './day-state.ts'

/**
 * For each hour of the day a ridge regression that forgets within a year, on all hours of the day before, the same hour two,
 * three and seven days before, the weekday, the calendar and the quantities that are known of the hour: day-ahead
 * forecasts as they are made of prices and loads (Lago et al. 2021). It learns each day once, as it was to be seen at the
 * end of the day before. Of what is left of today it forecasts the same, moved by what it errs now; of tomorrow it
 * forecasts with those in the place of what is still to come. Where a quantity is not known it does without any.
 * Unavailable for its first four weeks.
 */
export function dayAhead(station: Station): Forecaster<DayAheadState> {
  const target = targetIndex(station)
  const design = dayDesign(station)
  const offset = station.time.utcOffsetMinutes * MINUTE

  return {
    name: 'day_ahead',
    initial: () => emptyDayAhead(design),
    observe({ values, range }, { eventTime, values: measured, bridged }) {
      const value = measured[target]!
      if (bridged || !Number.isFinite(value)) return
      keepHour(values, eventTime + offset, value)
      widenRange(range, eventTime, value)
    },
    learn(state, example) {
      const time = example.issuedAt + offset
      if (hourOfDay(time) === DAY_HOURS - 1) learnDay(design, state, { example, time })
      else learnErrors(design, state, { example, time })
      return undefined
    },
    predict(state, { issuedAt, current, ahead }) {
      if (!isReady(state)) return undefined
      const time = issuedAt + offset
      const today = dayOf(time)
      const yesterday = before(state, today - DAY)
      const profile = profileOf(state.values, today)
      if (!yesterday || !profile) return undefined
      const mean = new Float64Array(LEADS)
      const off = errorNow(design, state, { time, current, ahead, before: yesterday })
      const left = DAY_HOURS - 1 - hourOfDay(time)
      for (let lead = 0; lead < left; lead++) {
        const hour = { time: validTime(time, lead), hours: lead + 1, before: yesterday, ahead }
        const said = forecastOf(design, state, hour) + shareLeft(state, lead) * off
        mean[lead] = unscaled(state, said)
        profile[hourOfDay(hour.time)] = mean[lead]!
      }
      const whole = before(state, today, profile)!
      for (let lead = left; lead < LEADS; lead++) {
        const hour = { time: validTime(time, lead), hours: lead + 1, before: whole, ahead }
        mean[lead] = unscaled(state, forecastOf(design, state, hour))
      }
      keepInRange(state.range, mean)
      return mean
    },
  }
}
