import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'

const read = (name: string) => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8')

const duration = z.string().regex(/^\d+(ms|s|m)$/)

/** The part of the compose specification that the file uses; strict, so that a misspelt key is found. */
const serviceSchema = z.strictObject({
  image: z.string(),
  build: z.string().optional(),
  command: z.array(z.string()),
  environment: z.record(z.string(), z.string()).optional(),
  init: z.boolean().optional(),
  restart: z.enum(['no', 'always', 'on-failure', 'unless-stopped']),
  stop_grace_period: duration.optional(),
  cap_drop: z.array(z.string()).optional(),
  security_opt: z.array(z.string()).optional(),
  volumes: z.array(z.string()).optional(),
  ports: z.array(z.string()).optional(),
  depends_on: z
    .record(
      z.string(),
      z.strictObject({
        condition: z.enum(['service_started', 'service_healthy', 'service_completed_successfully']),
      }),
    )
    .optional(),
  healthcheck: z.strictObject({
    test: z.tuple([z.literal('CMD')], z.string()),
    interval: duration,
    timeout: duration,
    retries: z.number().int().min(1),
    start_period: duration,
    start_interval: duration,
  }),
})

const compose = z
  .strictObject({
    name: z.string(),
    'x-tickcast': z.unknown(),
    services: z.record(z.string(), serviceSchema),
    volumes: z.record(z.string(), z.null()),
  })
  .parse(parse(read('compose.yaml'), { merge: true }))

const services = Object.entries(compose.services)
const ours = services.filter(([, { build }]) => build !== undefined)

describe('compose.yaml', () => {
  it('compose - the deployment is NATS and the three processes, ours on one image', () => {
    expect(services.map(([name]) => name).sort()).toEqual(['forecast', 'nats', 'replay', 'serve'])
    expect(new Set(ours.map(([, { image }]) => image)).size).toBe(1)
    expect(ours).toHaveLength(3)
  })

  it('compose - each of ours runs the command of its name against the NATS service, on the port NATS listens on', () => {
    for (const [name, { command }] of ours) {
      expect(command.slice(0, 3)).toEqual([name, '--nats', 'nats://nats:4222'])
    }
  })

  it('compose - whatever is depended on exists and is waited for until it is healthy', () => {
    for (const [, { depends_on = {} }] of services) {
      for (const [name, { condition }] of Object.entries(depends_on)) {
        expect(compose.services).toHaveProperty(name)
        expect(condition).toBe('service_healthy')
      }
    }
    for (const [, { depends_on }] of ours) expect(depends_on).toHaveProperty('nats')
  })

  it('compose - every published port is bound to the loopback interface', () => {
    const ports = services.flatMap(([, service]) => service.ports ?? [])
    expect(ports).not.toHaveLength(0)
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/)
  })

  it('compose - every named volume is declared, and none is declared that nobody mounts', () => {
    const mounted = services.flatMap(([, { volumes = [] }]) =>
      volumes.map((volume) => volume.split(':')[0] ?? ''),
    )
    expect([...new Set(mounted)].sort()).toEqual(Object.keys(compose.volumes).sort())
  })

  it('compose - what listens beyond loopback within its container is given a token', () => {
    for (const [, { command, environment }] of ours) {
      if (command.includes('0.0.0.0'))
        expect(environment?.['TICKCAST_TOKEN']).toMatch(/^\$\{TICKCAST_TOKEN:\?/)
    }
  })

  it('compose - the health checks that run a script run the one the image holds', () => {
    const dockerfile = read('Dockerfile')
    for (const [, { healthcheck }] of ours) {
      expect(healthcheck.test.slice(1, 3)).toEqual(['node', 'healthy.mjs'])
    }
    expect(dockerfile).toContain('COPY deploy/healthy.mjs ./')
  })

  it('dockerfile - it runs as an unprivileged user', () => {
    expect(read('Dockerfile').match(/^USER .*$/gm)).toEqual(['USER node'])
  })
})
