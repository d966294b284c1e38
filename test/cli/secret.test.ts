import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { stead } from './stead.ts'

const place = mkdtempSync(join(tmpdir(), 'stead-secret-'))
afterAll(() => rmSync(place, { recursive: true }))

const env = { STEAD_HOME: join(place, 'home'), STEAD_KEY: undefined, STEAD_KEY_FILE: undefined }
const keyFile = join(place, 'home', 'keys', 'stead.key')
const SETTING = 'services.api.env.PASSWORD'

const secret = (...args: readonly string[]) => stead(['secret', ...args], { env })
async function seal(value: string, setting = SETTING): Promise<string> {
  const { code, stdout, stderr } = await stead(['secret', 'seal', setting], { env, input: value })
  if (code !== 0) throw new Error(stderr)
  return stdout.trim()
}

test('a key is made once, for its owner alone, and is never shown', async () => {
  expect(await seal('x').catch((error: Error) => error.message)).toContain('KEY_MISSING')
  const made = await secret('keygen')
  expect(made.stdout).toMatch(/^key [0-9a-f]{8} is in .*stead\.key; without it/)
  expect(statSync(keyFile).mode & 0o777).toBe(0o600)
  const key = readFileSync(keyFile, 'utf8').trim().split(' ').at(-1) as string
  expect(made.stdout).not.toContain(key)
  const again = await secret('keygen')
  expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining('KEY_EXISTS') })
})

test('what was sealed opens for its setting alone', async () => {
  const sealed = await seal('hunter2\n')
  const open = (setting: string) => stead(['secret', 'open', setting], { env, input: sealed })
  expect(await open(SETTING)).toMatchObject({ code: 0, stdout: 'hunter2\n' })
  const refused = await open('services.web.env.PASSWORD')
  expect(refused).toMatchObject({ code: 6, stdout: '' })
  expect(refused.stderr).toContain('SECRET_REFUSED: services.web.env.PASSWORD: it was changed, or')
  expect(refused.stderr).not.toContain('hunter2')
})

test('a file is sealed anew with the newest key, and all else in it stays as it was', async () => {
  const file = join(place, 'stead.yaml')
  const envFile = join(place, 'api.env')
  const before = await seal('hunter2')
  const text = (sealed: string) =>
    `services: # ours\n  api:\n    command: [true]\n    env: { PASSWORD: '${sealed}' }\n`
  writeFileSync(file, text(before), { mode: 0o640 })
  chmodSync(file, 0o640)
  writeFileSync(envFile, `A=1\nTOKEN=${await seal('abc', 'env.TOKEN')}\n`)
  expect((await secret('keygen', '--add')).code).toBe(0)
  const rotated = await secret('rotate', file, envFile)
  expect(rotated.stdout).toBe(`${file}: 1 value sealed anew\n${envFile}: 1 value sealed anew\n`)
  const [after = ''] = /ENC\([^)]*\)/.exec(readFileSync(file, 'utf8')) ?? []
  expect(after).not.toBe(before)
  expect(readFileSync(file, 'utf8')).toBe(text(after))
  expect(statSync(file).mode & 0o777).toBe(0o640)
  expect((await secret('open', SETTING, '-f', file)).stdout).toBe('hunter2\n')
  expect((await secret('open', 'env.TOKEN', '-f', envFile)).stdout).toBe('abc\n')
  expect((await secret('rotate', file)).stdout).toBe(`${file}: 0 values sealed anew\n`)
})

test('of files to be sealed anew none is written if one cannot be read or opened', async () => {
  const [good, bad] = [join(place, 'good.yaml'), join(place, 'bad.yaml')]
  const old = await seal('a', 'env.A')
  await secret('keygen', '--add')
  writeFileSync(good, `env: { A: '${old}' }\n`)
  writeFileSync(bad, `env: { B: '${old}' }\n`)
  const refused = await secret('rotate', good, bad)
  expect(refused).toMatchObject({ code: 6, stderr: expect.stringContaining('env.B') })
  expect(readFileSync(good, 'utf8')).toContain(old)
})

test('a key that others can read is refused, whatever it would open', async () => {
  chmodSync(keyFile, 0o640)
  const refused = await stead(['secret', 'seal', SETTING], { env, input: 'x' })
  chmodSync(keyFile, 0o600)
  expect(refused).toMatchObject({ code: 6, stdout: '' })
  expect(refused.stderr).toContain(`${keyFile} can be read by others: chmod 600 ${keyFile}`)
})

test('the variable, the file that it names and the credential of systemd come before the home', async () => {
  const key = readFileSync(keyFile, 'utf8')
  const sealed = await seal('hunter2')
  writeFileSync(join(place, 'stead.key'), key, { mode: 0o600 })
  for (const where of [
    { STEAD_KEY: key },
    { STEAD_KEY_FILE: join(place, 'stead.key') },
    { CREDENTIALS_DIRECTORY: place },
  ]) {
    const elsewhere = { ...env, STEAD_HOME: join(place, 'other'), ...where }
    const opened = await stead(['secret', 'open', SETTING], { env: elsewhere, input: sealed })
    expect(opened).toMatchObject({ code: 0, stdout: 'hunter2\n' })
  }
})
