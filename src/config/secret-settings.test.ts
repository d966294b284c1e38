import { expect, test } from 'vitest'
import { fakeConfigFiles } from '../../test/fakes/config-files.ts'
import { isSteadError } from '../errors.ts'
import { type GuardFile, loadGuardFile } from './guard-file.ts'
import { isSecretSetting } from './secret-settings.ts'

function problemsOf(text: string, file: Partial<GuardFile> = {}): string {
  try {
    const path = '/srv/stead.yaml'
    loadGuardFile({ path, text, env: {}, shownAs: 'stead.yaml', ...file }, fakeConfigFiles({}))
  } catch (error) {
    if (isSteadError(error, 'GUARD_FILE_INVALID')) return error.params.problems.join('\n')
    throw error
  }
  return ''
}

test.each<[boolean, (string | number)[]]>([
  [true, ['services', 'web', 'env', 'DB_PASSWORD']],
  [true, ['secrets', 'db']],
  [true, ['tokens', 0]],
  [false, ['control', 'tcp', 'tokens', 0, 'file']],
  [false, ['services', 'web', 'env', 'PORT']],
  [false, []],
])('secret %s: %j', (expected, path) => {
  expect(isSecretSetting(path)).toBe(expected)
})

test('no problem tells a secret: neither its value, nor the line that it stands in', () => {
  const text = `services:
  web:
    command: x
    env: { DB_PASSWORD: hunter2-x, DB: "postgres://me:letmein99@db", N: null }
    cwd: hunter2-x
    stop: hunter2-x
`
  const told = problemsOf(text)
  expect(told).toMatch(/^stead\.yaml:6:11: services\.web\.stop: it has to be .*, not "\*\*\*"$/m)
  expect(told).toMatch(/services\.web\.env\.N: it has no value/)
  expect(told).not.toMatch(/hunter2|letmein/)
})

test('no problem tells what was sealed', () => {
  const text = 'services:\n  web:\n    command: x\n    stop: ENC(v1.x)\n    nice: ENC(v1.y)\n'
  const told = problemsOf(text, { openSecret: () => ({ value: 'hunter2' }) })
  expect(told).toMatch(/services\.web\.stop: it has to be .*, not "\*\*\*"/)
  expect(told).toMatch(/services\.web\.nice/)
  expect(told).not.toContain('hunter2')
})

test('a fault of syntax does not show a line that names a secret', () => {
  for (const [path, text] of [
    ['/srv/stead.yaml', 'services:\n  web: { env: { DB_PASSWORD: "hunter2 } }\n'],
    ['/srv/stead.json', '{ "services": { "web": { "apiToken": "hunter2\n } } }'],
    ['/srv/stead.toml', '[services.web.env]\nDB_PASSWORD = "hunter2\n'],
  ] as const) {
    const told = problemsOf(text, { path })
    expect(told).toMatch(/^stead\.yaml:\d+:\d+: /)
    expect(told).not.toContain('hunter2')
  }
})
