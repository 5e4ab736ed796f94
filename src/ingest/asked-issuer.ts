import { dirname, resolve } from 'node:path'
import type { z } from 'zod'
import { type AskedIssuer, OPEN_METEO_PAST_URL, OPEN_METEO_URL } from '../domain/asked-issuer.ts'
import { TickcastError } from '../domain/errors.ts'
import { HOUR, parseSpan, type Span } from '../domain/instant.ts'
import { quantityName } from '../domain/outside.ts'
import {
  type Channel,
  type OutsideColumnsOfFile,
  type OutsideIssuer,
  type Station,
  targetChannel,
} from '../domain/station.ts'
import { MOST_ISSUERS } from '../protocol/outside.ts'
import type { AskedOfFile } from './asked-schema.ts'
import { plainVariable } from './plain-variable.ts'

/** From run to run of the models an hour at least passes, and of most of them three or six. */
const USUAL: Span = HOUR
/** Global models are there four to six hours after their run has begun, regional ones sooner (open-meteo.com). */
export const OPEN_METEO_DELAY: Span = 6 * HOUR

/** The columns in which `tickcast download` writes what an issuer said in the past. */
const COLUMNS: OutsideColumnsOfFile = {
  issued_at: 'issued_at',
  available_at: 'available_at',
  valid_at: 'valid_at',
}

/** An issuer as a station file has it, of its target or of a quantity. `path`: of that file. */
export function issuerOfFile(
  {
    issuer,
    quantity,
    unit,
    open_meteo,
    home_assistant,
    json,
    topic,
    ...file
  }: AskedOfFile & OutsideColumnsOfFile & Pick<OutsideIssuer, 'issuer' | 'quantity' | 'unit'>,
  { target, path }: { readonly target: Pick<Channel, 'name' | 'unit'>; readonly path: string },
): OutsideIssuer {
  const meant = meantBy({ quantity, unit }, target)
  const asked = askedIssuer({ open_meteo, home_assistant, json }, { meant, path })
  const mean = quantity === undefined ? issuer : quantityName(issuer, quantity)
  return {
    issuer,
    ...(quantity !== undefined && { quantity }),
    ...(unit !== undefined && { unit }),
    file: asked && Object.keys(file).length === 0 ? { ...COLUMNS, mean } : file,
    ...(asked && { asked }),
    ...(topic !== undefined && { topic }),
  }
}

/** How an issuer is asked, as its station file says; undefined where it is not. `path`: of that file. */
function askedIssuer(
  { open_meteo, home_assistant, json }: AskedOfFile,
  { meant, path }: { readonly meant: Pick<Channel, 'name' | 'unit'>; readonly path: string },
): AskedIssuer | undefined {
  const plain = plainVariable(meant)
  const asked = ({
    every,
    scale,
    offset,
  }: {
    readonly every?: string | undefined
    readonly scale?: number | undefined
    readonly offset?: number | undefined
  }) => ({
    every: spanOr(every, USUAL),
    ...(scale !== undefined && { scale }),
    ...(offset !== undefined && { offset }),
  })
  const file = (given: string | undefined) =>
    given === undefined ? {} : { tokenFile: resolve(dirname(path), given) }
  if (open_meteo) {
    const { latitude, longitude, variable = plain?.openMeteo ?? '', model, delay, url, past_url } = open_meteo
    return {
      ...{ kind: 'open_meteo', latitude, longitude, variable, ...asked(open_meteo) },
      ...(model !== undefined && { model }),
      delay: spanOr(delay, OPEN_METEO_DELAY),
      url: base(url ?? OPEN_METEO_URL),
      pastUrl: base(past_url ?? url ?? OPEN_METEO_PAST_URL),
    }
  }
  if (home_assistant) {
    const { entity, attribute = plain?.homeAssistant ?? '', url, token_file } = home_assistant
    return {
      ...{ kind: 'home_assistant', entity, attribute, url: base(url) },
      ...asked(home_assistant),
      ...file(token_file),
    }
  }
  if (!json) return undefined
  const { url, rows, valid_at, mean, issued_at, utc_offset, token_file } = json
  return {
    ...{ kind: 'json', url, validAt: valid_at, mean, ...asked(json), ...file(token_file) },
    ...(rows !== undefined && { rows }),
    ...(issued_at !== undefined && { issuedAt: issued_at }),
    ...(utc_offset !== undefined && { utcOffsetMinutes: minutesOf(utc_offset) }),
  }
}

/** What an issuer's forecasts are of. */
export function meantBy(
  { quantity, unit = '' }: Pick<OutsideIssuer, 'quantity' | 'unit'>,
  target: Pick<Channel, 'name' | 'unit'>,
): Pick<Channel, 'name' | 'unit'> {
  return quantity === undefined ? target : { name: quantity, unit }
}

/** Of each issuer: one way alone by which it comes, and which variable it is of, where that is not plain. */
export function checkAsked(
  issuers: readonly (AskedOfFile & Pick<OutsideIssuer, 'quantity' | 'unit'>)[],
  target: Pick<Channel, 'name' | 'unit'> | undefined,
  context: z.RefinementCtx,
): void {
  const add = (path: (string | number)[], message: string) =>
    context.addIssue({ code: 'custom', path: ['outside', ...path], message })
  for (const [index, given] of issuers.entries()) {
    const ways = (['open_meteo', 'home_assistant', 'json', 'topic'] as const).filter((way) => given[way])
    if (ways.length > 1) add([index, ways[1]!], `one of ${ways.join(', ')}`)
    if (!target) continue
    const meant = meantBy(given, target)
    const plain = plainVariable(meant)
    const of = `what '${meant.name}' in '${meant.unit}' is there, such as`
    if (given.open_meteo && given.open_meteo.variable === undefined && !plain)
      add([index, 'open_meteo', 'variable'], `${of} temperature_2m`)
    if (
      given.home_assistant &&
      given.home_assistant.attribute === undefined &&
      plain?.homeAssistant === undefined
    )
      add([index, 'home_assistant', 'attribute'], `${of} temperature`)
  }
}

/** A place on the earth, degrees north and east. */
export interface Place {
  readonly latitude: number
  readonly longitude: number
}

const FLAG_ISSUER = 'open_meteo'

/** A station whose issuers Open-Meteo is one of, as `--open-meteo` asks for it; the same where there is no place. */
export function withOpenMeteo(station: Station, place: Place | undefined): Station {
  if (!place) return station
  const { outside = [], target } = station
  const { unit } = targetChannel(station)
  const flag = `--open-meteo ${place.latitude},${place.longitude}`
  if (
    outside.some(
      ({ issuer, quantity, asked }) =>
        issuer === FLAG_ISSUER || (quantity === undefined && asked?.kind === 'open_meteo'),
    )
  )
    throw new TickcastError('usage', `${flag}: the station file names Open-Meteo already: one of them`)
  if (outside.filter(({ quantity }) => quantity === undefined).length === MOST_ISSUERS)
    throw new TickcastError('usage', `${flag}: ${station.id} has ${MOST_ISSUERS} issuers already`)
  if (!plainVariable({ name: target, unit }))
    throw new TickcastError(
      'usage',
      `${flag}: which of its variables '${target}' in '${unit}' is, is not plain: say it in a station file (docs/outside.md)`,
    )
  const issuer = issuerOfFile(
    { issuer: FLAG_ISSUER, open_meteo: { ...place } },
    { target: { name: target, unit }, path: '' },
  )
  return { ...station, outside: [...outside, issuer] }
}

function spanOr(text: string | undefined, usual: Span): Span {
  return (text === undefined ? undefined : parseSpan(text)) ?? usual
}

/** As people copy it: with a slash behind it, or with the path that we add. */
function base(url: string): string {
  return url.replace(/\/+$/, '').replace(/\/v1\/forecast$/, '')
}

function minutesOf(offset: string): number {
  const [hours = 0, minutes = 0] = offset.slice(1).split(':').map(Number)
  return (offset.startsWith('-') ? -1 : 1) * (hours * 60 + minutes)
}
