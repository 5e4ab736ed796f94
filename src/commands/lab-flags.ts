import type { Protocol } from '../lab/protocol.ts'

/** The flags of `lab run`, as the command line parses them. */
export interface LabRunFlags {
  readonly data?: string
  readonly station?: string
  readonly reviews?: string
  readonly protocol: Protocol
  readonly results: string
  readonly seed: number
  readonly epochs?: number
  readonly steps?: number
}
