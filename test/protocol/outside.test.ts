import { describe, expect, it } from 'vitest'
import { ISSUER } from '../../src/protocol/outside.ts'

describe('issuer', () => {
  it('issuer - names of ours, and what is a name of every object, are none', () => {
    for (const name of ['dnn', 'met_no', '2nd', 'constructors', 'together2']) expect(name).toMatch(ISSUER)
    const inherited = Object.getOwnPropertyNames(Object.prototype)
    for (const name of ['together', 'dnn_corrected', 'corrected', 'DNN', '', ...inherited])
      expect(name).not.toMatch(ISSUER)
  })
})
