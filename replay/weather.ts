import { normal, type Random } from '../src/domain/random.ts'

/**
 * State of the simulated atmosphere at full hours: unit-variance processes for lows, highs and cold fronts.
 * `observed` derives what the instruments show.
 */
export interface Weather {
  /** Highs and lows passing, a damped oscillator of some four and a half days: pressure is its first component. */
  readonly synoptic: number
  /** A quarter of a period ahead: positive while pressure falls and warm air is drawn in. */
  readonly advection: number
  /** Warm or cold air mass, over days. */
  readonly airMass: number
  readonly moisture: number
  readonly cloud: number
  readonly wind: number
  readonly veer: number
  /** What a cold front has taken from the temperature, K, recovering over a day or two. */
  readonly front: number
  /** Its gusts, unit strength, gone within hours. */
  readonly squall: number
}

export const CALM: Weather = {
  synoptic: 0,
  advection: 0,
  airMass: 0,
  moisture: 0,
  cloud: 0,
  wind: 0,
  veer: 0,
  front: 0,
  squall: 0,
}

const SYNOPTIC_PERIOD_H = 110
const PHASE_STEP = (2 * Math.PI) / SYNOPTIC_PERIOD_H

/** One hour on: each process keeps what its time constant (in hours) leaves and is fed noise, so its variance stays 1. */
export function nextHour(now: Weather, random: Random): Weather {
  const relaxed = (value: number, hours: number) => {
    const kept = Math.exp(-1 / hours)
    return kept * value + Math.sqrt(1 - kept * kept) * normal(random)
  }
  const synoptic = relaxed(now.synoptic * Math.cos(PHASE_STEP) - now.advection * Math.sin(PHASE_STEP), 60)
  const advection = relaxed(now.synoptic * Math.sin(PHASE_STEP) + now.advection * Math.cos(PHASE_STEP), 60)
  // Fronts come with the trough: rarely where pressure is high.
  const passes = random.unit() < (synoptic < -0.7 ? 1 / 40 : 1 / 800)
  const strength = 1.5 + 3.5 * random.unit()
  return {
    synoptic,
    advection,
    airMass: relaxed(now.airMass, 120),
    moisture: relaxed(now.moisture, 36),
    cloud: relaxed(now.cloud, 10),
    wind: relaxed(now.wind, 9),
    veer: relaxed(now.veer, 18),
    front: now.front * Math.exp(-1 / 36) - (passes ? strength : 0),
    squall: now.squall * Math.exp(-1 / 3) + (passes ? strength / 3 : 0),
  }
}

/** The weather between two hours: `share` of the way from one to the next. */
export function between(from: Weather, to: Weather, share: number): Weather {
  const mixed = (name: keyof Weather) => from[name] + share * (to[name] - from[name])
  return {
    synoptic: mixed('synoptic'),
    advection: mixed('advection'),
    airMass: mixed('airMass'),
    moisture: mixed('moisture'),
    cloud: mixed('cloud'),
    wind: mixed('wind'),
    veer: mixed('veer'),
    front: mixed('front'),
    squall: mixed('squall'),
  }
}

export interface Observed {
  readonly pressureMbar: number
  readonly temperatureC: number
  readonly dewPointC: number
  readonly humidityPercent: number
  readonly saturationMbar: number
  readonly windMs: number
  readonly gustMs: number
  readonly directionDeg: number
}

export interface ObservationContext {
  /** Days since the start of the year, with the time of day as fraction, in local solar time. */
  readonly dayOfYear: number
  /** What turbulence adds, unit normals: to temperature, wind, gust and direction. */
  readonly turbulence: readonly [number, number, number, number]
}

/** What the instruments show: a mid-European year and day, and the weather on top, each quantity in keeping with the others. */
export function observed(weather: Weather, { dayOfYear, turbulence }: ObservationContext): Observed {
  const [warmth, breeze, gustiness, swirl] = turbulence
  const yearly = (peakDay: number) => Math.cos((2 * Math.PI * (dayOfYear - peakDay)) / 365.25)
  const hour = (dayOfYear % 1) * 24
  const daily = (peakHour: number, period = 24) => Math.cos((2 * Math.PI * (hour - peakHour)) / period)

  const cloudiness = 1 / (1 + Math.exp(1.2 * weather.synoptic - weather.cloud))
  const sun = (1 + yearly(173)) / 2
  const clear = 1 - cloudiness
  const swing = (0.25 + 0.75 * clear) * (2.3 + 5.6 * sun)
  const anomaly = 1.5 * weather.advection + 3.1 * weather.airMass + weather.front
  const temperatureC =
    10.3 +
    9.4 * yearly(201) +
    anomaly +
    swing * (daily(14.6) + 0.18 * daily(13, 12)) +
    // A clear sky warms a summer and cools a winter.
    4 * (clear - 0.5) * (sun - 0.45) +
    0.12 * warmth

  const freeDewPoint = 5 + 7.4 * yearly(206) + 0.8 * anomaly + 1.6 * weather.moisture + 2 * (cloudiness - 0.5)
  const spread = temperatureC - freeDewPoint
  // Smoothly kept above zero: air does not stay supersaturated.
  const depression = (spread + Math.sqrt(spread * spread + 0.6)) / 2
  const saturationMbar = vapourPressure(temperatureC)
  const dewPointC = temperatureC - depression
  const windMs =
    Math.exp(0.5 + 0.6 * weather.wind) * (1 + 0.25 * clear * daily(14)) * (1 + 0.18 * breeze) +
    1.5 * weather.squall
  const windCalm = Math.max(0, windMs)
  return {
    pressureMbar: 989 + 8.4 * weather.synoptic + 0.4 * daily(10, 12),
    temperatureC,
    dewPointC,
    humidityPercent: Math.min(100, (100 * vapourPressure(dewPointC)) / saturationMbar),
    saturationMbar,
    windMs: windCalm,
    gustMs: windCalm * (1.5 + 0.2 * Math.abs(gustiness)) + 0.3 * Math.abs(gustiness),
    directionDeg: (((225 - 45 * weather.advection + 35 * weather.veer + 18 * swirl) % 360) + 360) % 360,
  }
}

/** Magnus, as the Jena station computes `VPmax` from `T`. */
export function vapourPressure(temperatureC: number): number {
  return 6.1078 * 10 ** ((7.5 * temperatureC) / (237.3 + temperatureC))
}
