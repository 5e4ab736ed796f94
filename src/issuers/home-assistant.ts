import type { HomeAssistantIssuer } from '../domain/asked-issuer.ts'
import { isRecord } from '../ingest/json-path.ts'
import {
  forecastOf,
  homeAssistantPoints,
  homeAssistantUnit,
  scaled,
  unitProblem,
} from '../ingest/outside-points.ts'
import { askJson } from './ask-json.ts'
import type { AskIssuer } from './issuer.ts'
import { expected, IssuerError } from './issuer-error.ts'
import { tokenFrom, tokenIn } from './token.ts'

/** Of the environment, where the station file names no `token_file`. */
const TOKEN = 'TICKCAST_HOME_ASSISTANT_TOKEN'

/**
 * The hourly forecast of a weather entity, by `weather.get_forecasts` of Home Assistant's REST API
 * (developers.home-assistant.io/docs/api/rest); in which units it is, its state says.
 */
export const askHomeAssistant: AskIssuer<HomeAssistantIssuer> = async (
  { issuer, quantity, asked, unit },
  context,
) => {
  const { entity, attribute } = asked
  const token = asked.tokenFile === undefined ? tokenFrom(context.env, TOKEN) : await tokenIn(asked.tokenFile)
  if (token === undefined)
    throw new IssuerError(
      'no_token',
      `no token of Home Assistant: ${TOKEN}, or token_file in the station file`,
    )
  const from = `${attribute} of ${entity}`
  const state = await askJson({ url: new URL(`${asked.url}/api/states/${entity}`), token }, context)
  const attributes = isRecord(state) ? state['attributes'] : undefined
  const other = unitProblem(homeAssistantUnit(attribute, attributes), { asked, unit, from })
  if (other) throw new IssuerError('unexpected', other.problem)
  const url = new URL(`${asked.url}/api/services/weather/get_forecasts?return_response`)
  const answer = await askJson({ url, token, body: { entity_id: entity, type: 'hourly' } }, context)
  const points = expected(homeAssistantPoints(forecastIn(answer, entity), { attribute, from }))
  const forecast = forecastOf(
    points.map(({ validAt, mean }) => ({ validAt, mean: scaled(mean, asked) })),
    { ...{ issuer, quantity, from }, issuedAt: context.askedAt, availableAt: context.now() },
  )
  return { forecast: expected(forecast), saysIssued: false }
}

function forecastIn(answer: unknown, entity: string): unknown {
  const response = isRecord(answer) ? answer['service_response'] : undefined
  const own = isRecord(response) ? response[entity] : undefined
  return isRecord(own) ? own['forecast'] : undefined
}
