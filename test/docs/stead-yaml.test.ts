import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { parse, stringify } from 'yaml'
import * as z from 'zod'
import { parseGuardFile } from '../../src/config/guard-file.ts'
import type { GuardSpec } from '../../src/model/program-spec.ts'
import { guardSettings, type SettingSchema } from '../../tools/docs/guard-schema.ts'

const root = resolve(fileURLToPath(import.meta.url), '../../..')
const read = (path: string): string => readFileSync(join(root, path), 'utf8')
const page = read('docs/reference/stead-yaml.md')

function guard(text: string): GuardSpec {
  return parseGuardFile({ path: '/srv/shop/stead.yaml', text, env: {} })
}

type Map = { [key: string]: unknown }

/** What a service needs besides a setting for that setting to make sense. */
const CONTEXT: Readonly<Record<string, Map>> = {
  ready: { tcp: 1 },
  health: { tcp: 1 },
  heartbeat: { every: '5s' },
  // A delay that is written takes the place of the first immediate restart.
  restart: { immediate: 1 },
  stop: { timeout: '10s' },
  limits: {},
  log: {},
}

interface Setting {
  readonly path: readonly string[]
  readonly schema: SettingSchema
}

/** Every setting of a service that has no list above it. */
function settingsIn(schema: SettingSchema, path: readonly string[] = []): Setting[] {
  return [
    ...(schema.anyOf ?? []).flatMap((branch) => settingsIn(branch, path)),
    ...Object.entries(schema.properties ?? {}).flatMap(([name, one]) => {
      const inner = [...path, name]
      return [{ path: inner, schema: one }, ...settingsIn(one, inner)]
    }),
  ]
}

const services = guardSettings().properties?.services?.additionalProperties as SettingSchema
const settings = settingsIn(services).filter(({ path }) => path[0] !== 'dependsOn')

/** The spec of a service in which one setting has the value that `yaml` writes, or is left out. */
function withSetting(path: readonly string[], yaml: string | null): unknown {
  const web: Map = { command: 'x' }
  const context = CONTEXT[path[0] ?? '']
  if (path.length > 1) web[path[0] as string] = structuredClone(context)
  const last = path.at(-1) as string
  let at = web
  for (const step of path.slice(0, -1)) {
    at[step] ??= {}
    at = at[step] as Map
  }
  const value: unknown = yaml === null ? undefined : parse(yaml)
  if (path.length === 2 && ['http', 'exec', 'log', 'notify', 'descriptor'].includes(last))
    delete at.tcp
  if (value !== undefined) at[last] = value
  return guard(stringify({ services: { web } })).services[0]
}

describe('stead.yaml', () => {
  test('has a section for each setting of a service', () => {
    const sections = [...page.matchAll(/^### (.*)$/gm)].map((match) => match[1])
    expect(sections).toEqual(Object.keys(services.properties ?? {}))
  })

  test('has no setting without a description', () => {
    const bare = settings.filter(({ schema }) => (schema.description ?? '').length < 5)
    expect(bare.map(({ path }) => path.join('.'))).toEqual([])
  })

  const told = settings.filter(({ schema }) => schema.fallback !== undefined)
  test.each(told.map(({ path, schema }) => [path.join('.'), schema.fallback as string]))(
    '%s is by default %s',
    (path, fallback) => {
      expect(withSetting(path.split('.'), fallback)).toEqual(withSetting(path.split('.'), null))
    },
  )

  const shown = settings.filter(({ schema }) => schema.example !== undefined)
  test.each(shown.map(({ path, schema }) => [path.join('.'), schema.example as string]))(
    '%s may be %s',
    (path, example) => {
      expect(withSetting(path.split('.'), example)).toBeTruthy()
    },
  )

  test('is told with examples that are taken as they stand, or as a setting of a service', () => {
    const examples = [...page.matchAll(/^```yaml\n(.*?)^```$/gms)].map((match) => match[1] ?? '')
    expect(examples.length).toBeGreaterThan(Object.keys(services.properties ?? {}).length)
    for (const example of examples) {
      if (/^services:/m.test(example)) guard(example)
      else {
        const web = { command: 'x', ...(parse(example) as Map) }
        guard(stringify({ services: { web, db: { command: 'x' } } }))
      }
    }
  })

  test('is told with the error that it shows', () => {
    const text = 'services:\n  api:\n    command: x\n\n    restrat: always\n'
    const shown = /^error: GUARD_FILE_INVALID: (.*?)\nhint:/ms.exec(page)?.[1]
    const refused = (): GuardSpec =>
      parseGuardFile({ path: '/x/stead.yaml', shownAs: 'stead.yaml', text, env: {} })
    expect(refused).toThrow(expect.objectContaining({ message: shown }))
  })

  test('has a JSON Schema that takes the examples, and refuses what is misspelt', () => {
    const schema = z.fromJSONSchema(JSON.parse(read('docs/reference/stead.schema.json')))
    const whole = [...page.matchAll(/^```yaml\n(.*?)^```$/gms)]
      .map((match) => match[1] ?? '')
      .filter((example) => /^services:/m.test(example))
    expect(whole.length).toBeGreaterThan(2)
    for (const example of [...whole, read('examples/guard/stead.yaml')])
      expect(schema.safeParse(parse(example))).toMatchObject({ success: true })
    const misspelt = { services: { web: { command: 'x', restrat: 'no' } } }
    expect(schema.safeParse(misspelt).success).toBe(false)
  })

  test('in examples/ is read', () => {
    const path = join(root, 'examples/guard/stead.yaml')
    const spec = parseGuardFile({ path, text: read('examples/guard/stead.yaml'), env: {} })
    expect(spec.services.map(({ name }) => name)).toEqual(['db', 'api', 'crasher'])
    for (const { command } of spec.services) expect(command[0]).not.toContain('${')
  })
})
