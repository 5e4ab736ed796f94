import type { Span } from './instant.ts'

/** What every issuer has that is asked by ourselves. */
interface Asked {
  /** From one asking to the next, while all goes well. */
  readonly every: Span
  /** What comes, times `scale` plus `offset`, is in the target's unit. Absent: it is to come in that unit. */
  readonly scale?: number | undefined
  readonly offset?: number | undefined
}

/** Open-Meteo's JSON API, its own or one that somebody else runs. */
export interface OpenMeteoIssuer extends Asked {
  readonly kind: 'open_meteo'
  /** Where it is, up to `/v1/forecast`; `pastUrl`: where forecasts of the past are. */
  readonly url: string
  readonly pastUrl: string
  /** Degrees, north and east. */
  readonly latitude: number
  readonly longitude: number
  /** Such as `temperature_2m`. */
  readonly variable: string
  /** Such as `icon_d2`. Default: what Open-Meteo takes for the best. */
  readonly model?: string | undefined
  /** How long after its run has begun a forecast of the past could be had, at the latest. */
  readonly delay: Span
}

/** A weather entity of Home Assistant, by its REST API. */
export interface HomeAssistantIssuer extends Asked {
  readonly kind: 'home_assistant'
  readonly url: string
  /** Such as `weather.home`. */
  readonly entity: string
  /** Of its hourly forecast, such as `temperature`. */
  readonly attribute: string
  /** A file that holds a long-lived token. Default: the environment has it. */
  readonly tokenFile?: string | undefined
}

/** Any address that answers with JSON. */
export interface JsonIssuer extends Asked {
  readonly kind: 'json'
  readonly url: string
  /** Path to the list of leads. Absent: `validAt` and `mean` are paths to two lists of one length. */
  readonly rows?: string | undefined
  readonly validAt: string
  readonly mean: string
  /** Path to when it was issued. Default: when it was asked for. */
  readonly issuedAt?: string | undefined
  /** Of times without a zone, minutes; absent: there is to be none. */
  readonly utcOffsetMinutes?: number | undefined
  /** A file that holds what goes with it as a bearer token. */
  readonly tokenFile?: string | undefined
}

/** Whom the process that has the station file asks for an issuer's forecasts, and how. */
export type AskedIssuer = OpenMeteoIssuer | HomeAssistantIssuer | JsonIssuer

export const OPEN_METEO_URL = 'https://api.open-meteo.com'
export const OPEN_METEO_PAST_URL = 'https://previous-runs-api.open-meteo.com'
