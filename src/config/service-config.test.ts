// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of configurations are written so
import { expect, test } from 'vitest'
import * as z from 'zod'
import { fakeConfigFiles } from '../../test/fakes/config-files.ts'
import type { SteadError } from '../errors.ts'
import type { StandardSchemaV1 } from '../model/standard-schema.ts'
import { checkServiceConfig, readServiceConfig, type ServiceConfigAsked } from './service-config.ts'

const schema = z.strictObject({
  greeting: z.string().default('Hello'),
  port: z.number().int().max(65_535),
  db: z.strictObject({ password: z.string().min(12) }).optional(),
})

async function configOf(
  text: string | null,
  asked: Partial<ServiceConfigAsked> = {},
  by: StandardSchemaV1 = schema,
): Promise<unknown> {
  const disk = fakeConfigFiles(text === null ? {} : { '/etc/app.yaml': text })
  const openSecret: ServiceConfigAsked['openSecret'] = (sealed, path) =>
    sealed === `ENC(${path.join('.')})`
      ? { value: 'a-long-password' }
      : { problem: 'it was sealed for another setting' }
  const path = text === null ? null : '/etc/app.yaml'
  const written = readServiceConfig({ path, env: {}, set: [], openSecret, ...asked }, disk)
  return checkServiceConfig(written, by, 'app')
}

async function problemOf(...asked: Parameters<typeof configOf>): Promise<SteadError> {
  try {
    await configOf(...asked)
  } catch (error) {
    return error as SteadError
  }
  throw new Error('it was not refused')
}

test('is what the schema makes of it, with its defaults', async () => {
  expect(await configOf('port: 80\n')).toEqual({ greeting: 'Hello', port: 80 })
})

test('the environment is stronger than the file, and --set is stronger than both', async () => {
  const env = { STEAD_CONFIG__port: '81', STEAD_CONFIG__greeting: 'Moin' }
  const text = 'port: 80\ngreeting: Hi\n'
  expect(await configOf(text, { env })).toEqual({ greeting: 'Moin', port: 81 })
  expect(await configOf(text, { env, set: ['port=82'] })).toEqual({ greeting: 'Moin', port: 82 })
})

test('needs no file', async () => {
  expect(await configOf(null, { set: ['port=80'] })).toEqual({ greeting: 'Hello', port: 80 })
})

test('takes the profile that STEAD_PROFILE names, and variables', async () => {
  const text = 'port: 80\ngreeting: "${WORD}"\nprofiles: { prod: { port: 443 } }\n'
  const env = { STEAD_PROFILE: 'prod', WORD: 'Moin' }
  expect(await configOf(text, { env })).toEqual({ greeting: 'Moin', port: 443 })
})

test('what a variable says is a text where the schema wants one', async () => {
  const env = { STEAD_CONFIG__greeting: '1.10' }
  expect(await configOf('port: 80\n', { env })).toEqual({ greeting: '1.10', port: 80 })
  // What else is wrong is told as it is.
  const { message } = await problemOf('port: 99999\n', { env })
  expect(message).toMatch(/^\/etc\/app\.yaml:1:7: port: /)
  const wrong = await problemOf('{}', { env: { STEAD_CONFIG__port: '99999' } })
  expect(wrong.message).toMatch(/^STEAD_CONFIG__port: port: Too big/)
})

test('names of members are no texts by themselves, as they are in our own files', async () => {
  const text = 'env: { retries: 3 }\n'
  const by = z.object({ env: z.record(z.string(), z.number()) })
  expect(await configOf(text, {}, by)).toEqual({ env: { retries: 3 } })
})

test('every problem is told at once, with its place and its line', async () => {
  const error = await problemOf('greeting: 5\nprot: 80\nport: many\n')
  expect(error.code).toBe('CONFIG_INVALID')
  expect(error.exit).toBe(6)
  expect(error.message).toBe(
    [
      'app has 3 problems',
      '/etc/app.yaml:1:11: greeting: Invalid input: expected string, received number',
      '  1 | greeting: 5',
      '    |           ^',
      '/etc/app.yaml:2:1: prot: there is no such setting',
      '  2 | prot: 80',
      '    | ^',
      '/etc/app.yaml:3:7: port: Invalid input: expected number, received string',
      '  3 | port: many',
      '    |       ^',
    ].join('\n'),
  )
})

test('paths of members that are objects, as Standard Schema allows them, have places too', async () => {
  const by: StandardSchemaV1 = {
    '~standard': {
      version: 1,
      vendor: 'test',
      validate: async () => ({
        issues: [{ message: 'too dear', path: [{ key: 'list' }, { key: 1 }] }],
      }),
    },
  }
  const { message } = await problemOf('list:\n  - 1\n  - 2\n', {}, by)
  expect(message).toBe('/etc/app.yaml:3:5: list.1: too dear\n  3 |   - 2\n    |     ^')
})

test('a sealed value is opened for its own setting, in the file and in the environment', async () => {
  const open = { port: 80, greeting: 'Hello', db: { password: 'a-long-password' } }
  expect(await configOf('port: 80\ndb: { password: ENC(db.password) }\n')).toEqual(open)
  const env = { STEAD_CONFIG__db__password: 'ENC(db.password)' }
  expect(await configOf('port: 80\n', { env })).toEqual(open)
  const { message } = await problemOf('port: 80\ndb: { password: ENC(other) }\n')
  expect(message).toBe('/etc/app.yaml:2:17: db.password: it was sealed for another setting')
})

test('no message has a secret in it, also not where the schema says it', async () => {
  const by = z.object({
    db: z.object({ password: z.string().refine(() => false, { error: (i) => `bad ${i.input}` }) }),
  })
  const sealed = await problemOf('db: { password: ENC(db.password) }\n', {}, by)
  expect(sealed.message).toBe('/etc/app.yaml:1:17: db.password: bad ***')
  const plain = await problemOf('db:\n  password: hunter22\n', {}, by)
  expect(plain.message).toBe('/etc/app.yaml:2:13: db.password: bad ***')
  const given = await problemOf(null, { env: { STEAD_CONFIG__db__password: 'hunter22' } }, by)
  expect(given.message).toBe('STEAD_CONFIG__db__password: db.password: bad ***')
})

test('what cannot be read is told before the schema is asked', async () => {
  const { message } = await problemOf('port: [80\n')
  expect(message).toContain('/etc/app.yaml:')
  expect((await problemOf('')).message).toContain('one without settings is written "{}"')
})
