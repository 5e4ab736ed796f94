import type { Station } from '../domain/station.ts'
import { aheadExperts, aheadNames } from './ahead.ts'
import type { Expert } from './expert.ts'
import { neighbourExperts, neighbourModelNames } from './neighbours.ts'
import { outsideExperts, outsideNames } from './outside.ts'

/** Experts that follow from what a station's file names, and of which stations of other files know nothing. */
interface StationFamily {
  /** Stands for all of them where experts are chosen by name. */
  readonly name: string
  /** By its form alone. */
  includes(name: string): boolean
}

const OUTSIDE: StationFamily = { name: 'outside', includes: (name) => /^outside(_|$)/.test(name) }
const AHEAD: StationFamily = { name: 'ahead', includes: (name) => /^ahead(_|$)/.test(name) }

const NEIGHBOURS: StationFamily = {
  name: 'neighbours',
  includes: (name) => /(^|_)neighbour(s|_random)?$/.test(name),
}

export const STATION_FAMILIES: readonly StationFamily[] = [OUTSIDE, AHEAD, NEIGHBOURS]

/** In the order of tables. */
export function stationExperts(station: Station, { seed }: { readonly seed: number }): readonly Expert[] {
  return [
    ...outsideExperts(station),
    ...aheadExperts(station, { seed }),
    ...neighbourExperts(station, { seed }),
  ]
}

export function namesFromStation(station: Station): readonly string[] {
  return [...outsideNames(station), ...aheadNames(station), ...neighbourModelNames(station)]
}
