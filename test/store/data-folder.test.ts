import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { dataFolder } from '../../src/store/data-folder.ts'

afterEach(() => vi.unstubAllEnvs())

describe('data folder', () => {
  it('data folder - the one asked for, else the environment, else one by name among the user data', () => {
    vi.stubEnv('TICKCAST_KEEP', '/from/environment')
    expect(dataFolder('jena', '/asked/for')).toBe('/asked/for')
    expect(dataFolder('jena')).toBe('/from/environment')
    vi.stubEnv('TICKCAST_KEEP', '')
    expect(dataFolder('jena')).toMatch(/tickcast.jena$/)
    expect(dataFolder('jena')).not.toBe(dataFolder('other'))
    expect(join(dataFolder('jena'), '..')).toMatch(/tickcast$/)
  })
})
