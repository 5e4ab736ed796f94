import type { AskedIssuer } from '../domain/asked-issuer.ts'
import type { Instant } from '../domain/instant.ts'
import type { OutsideMessage } from '../protocol/outside.ts'
import type { AskContext } from './ask-json.ts'

/** One issuer that is asked, and what for. */
export interface AskedOf<A extends AskedIssuer = AskedIssuer> {
  /** The issuer's, with the quantity behind it where it is asked for something else than the target. */
  readonly name: string
  readonly issuer: string
  readonly quantity?: string | undefined
  readonly asked: A
  /** In which it is wanted; empty where that is not said. */
  readonly unit: string
}

/** A forecast as it came. */
export interface Answer {
  readonly forecast: OutsideMessage
  /** Whether the answer says when it was issued; if not, that is when it was asked for. */
  readonly saysIssued: boolean
}

/** What an asking is made with. */
export interface IssuerContext extends AskContext {
  readonly askedAt: Instant
  /** Where tokens are. */
  readonly env: NodeJS.ProcessEnv
}

/** Asks once. Rejects with an `IssuerError`. */
export type AskIssuer<A extends AskedIssuer> = (of: AskedOf<A>, context: IssuerContext) => Promise<Answer>
