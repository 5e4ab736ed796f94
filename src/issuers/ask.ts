import type { AskedIssuer } from '../domain/asked-issuer.ts'
import { askHomeAssistant } from './home-assistant.ts'
import type { Answer, AskedOf, IssuerContext } from './issuer.ts'
import { askJsonIssuer } from './json-issuer.ts'
import { askOpenMeteo } from './open-meteo.ts'

/** Asks an issuer once, whoever it is. Rejects with an `IssuerError`. */
export function askIssuer({ asked, ...of }: AskedOf, context: IssuerContext): Promise<Answer> {
  switch (asked.kind) {
    case 'open_meteo':
      return askOpenMeteo({ ...of, asked }, context)
    case 'home_assistant':
      return askHomeAssistant({ ...of, asked }, context)
    case 'json':
      return askJsonIssuer({ ...of, asked }, context)
  }
}

/** Who is asked for what, for people. Of an address no more than its host: the rest may hold a key. */
export function whomText(asked: AskedIssuer): string {
  const { host } = new URL(asked.url)
  switch (asked.kind) {
    case 'open_meteo': {
      const { variable, model, latitude, longitude } = asked
      return `${host} for ${variable}${model === undefined ? '' : ` of ${model}`} at ${latitude}, ${longitude}`
    }
    case 'home_assistant':
      return `Home Assistant at ${host} for ${asked.attribute} of ${asked.entity}`
    case 'json':
      return `${host} for ${asked.mean}`
  }
}
