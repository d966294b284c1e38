import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { until } from '../../contract/until.ts'
import { openRoom, type Room } from './room.ts'
import { STEAD } from './stead.ts'

const SETTING = 'services.api.env.PASSWORD'
/** Writes down what it was given, and stays. */
const TELLS = 'printf "%s %s" "$PASSWORD" "$TOKEN" > told.new && mv told.new told; exec sleep 600'

function seal(room: Room, setting: string, value: string): string {
  const [command = '', ...words] = [...STEAD, 'secret', 'seal', setting, '--home', room.home]
  const { status, stdout, stderr } = spawnSync(command, words, { input: value, encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
  return stdout.trim()
}

const api = (password: string) => ({
  api: { command: ['sh', '-c', TELLS], env: { PASSWORD: password }, envFile: 'api.env' },
})

async function withSecrets() {
  const room = openRoom()
  await room.stead('secret', 'keygen')
  const password = seal(room, SETTING, 'hunter2')
  writeFileSync(join(room.directory, 'api.env'), `TOKEN=${seal(room, 'env.TOKEN', 'abc')}\n`)
  room.write(api(password))
  const told = () =>
    until('the program has told', () => {
      try {
        return readFileSync(join(room.directory, 'told'), 'utf8')
      } catch {
        return null
      }
    })
  return { room, password, told }
}

test('a program gets what is sealed for it, and nothing else does', async () => {
  const { room, told } = await withSecrets()
  await room.up()
  await room.running('api')
  expect(await told()).toBe('hunter2 abc')
  const answers = await Promise.all([
    room.stead('status', '--json'),
    room.stead('explain', 'api'),
    room.stead('export', 'systemd'),
    room.stead('events', '--json'),
  ])
  const said = answers.map(({ stdout, stderr }) => stdout + stderr).join('\n')
  expect(said).toContain('api')
  expect(said).not.toMatch(/hunter2|abc/)
  const state = join(room.home, 'state', 'guards')
  const kept = spawnSync('grep', ['-rlE', 'hunter2', state, room.home], { encoding: 'utf8' })
  expect(kept.stdout).toBe('')
})

test('after the key was changed, a running guard opens what is sealed anew', async () => {
  const { room, told } = await withSecrets()
  await room.up()
  await room.running('api')
  await told()
  expect((await room.stead('secret', 'keygen', '--add')).code).toBe(0)
  const envFile = join(room.directory, 'api.env')
  expect((await room.stead('secret', 'rotate', room.file, envFile)).code).toBe(0)
  // The same value, sealed in another way, is no change of the service.
  expect((await room.stead('apply')).stdout).toBe('api stays as it is\n')
  const { pid } = await room.one('api')
  expect((await room.stead('restart', 'api')).code).toBe(0)
  expect((await room.one('api')).pid).not.toBe(pid)
  expect(await told()).toBe('hunter2 abc')
})

test('a value that does not open keeps the guard from starting, and is named by its place alone', async () => {
  const { room, password } = await withSecrets()
  room.write({ web: { ...api(password).api, env: { OTHER: password } } })
  const refused = await room.stead('up')
  expect(refused.code).toBe(2)
  expect(refused.stderr).toMatch(
    /stead\.yaml:1:\d+: services\.web\.env\.OTHER: it was changed, or sealed for another setting/,
  )
})

test('a running guard refuses a file whose secrets do not open, and its programs live on', async () => {
  const { room, password } = await withSecrets()
  await room.up()
  const [before] = await room.running('api')
  room.write(api(password.replace(/.{4}\)$/, 'AAAA)')))
  const refused = await room.stead('apply')
  expect(refused.code).toBe(2)
  expect(refused.stderr).toContain(`${SETTING}: it was changed, or sealed for another setting`)
  expect((await room.one('api')).pid).toBe(before?.pid)
})

test('an env file that does not open makes its service fatal, with the line', async () => {
  const { room } = await withSecrets()
  const file = join(room.directory, 'api.env')
  writeFileSync(file, `TOKEN=${seal(room, 'env.OTHER', 'abc')}\n`)
  await room.up()
  const { why } = await room.waitFor('api', 'is fatal', ({ phase }) => phase === 'fatal')
  expect(why).toContain('line 1, TOKEN: it was changed, or sealed for another setting')
})

test('the commands of the guide do what it says', async () => {
  const room = openRoom()
  const text = readFileSync(join(import.meta.dirname, '../../../docs/guide/secrets.md'), 'utf8')
  const blocks = [...text.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block]) => block)
  const script = `set -e; stead() { ${STEAD.join(' ')} "$@"; }\n${blocks[0]}`
  const env = { ...process.env, STEAD_HOME: room.home }
  const ran = spawnSync('sh', ['-c', script], { cwd: room.directory, env, encoding: 'utf8' })
  expect(ran.stdout).toMatch(/^key .*\nhunter2\n.*\bapi\b.*running/s)
  expect(ran.status, ran.stderr).toBe(0)
})
