// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of stead.yaml are written so
/** Includes, profiles, env files and `--set` on a real guard, from its start over changes of any of the files. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { until } from '../../contract/until.ts'
import { openRoom, type Room } from './room.ts'

/** Writes down what it was given, and stays. */
const TELLS =
  'printf "%s %s %s %s" "$PORT" "$LOG" "$FROM" "$SET" > told.new && mv told.new told; exec sleep 600'

function layered(): {
  room: Room
  write: (name: string, text: string) => void
  told: () => string
} {
  const room = openRoom()
  const write = (name: string, text: string): void =>
    writeFileSync(join(room.directory, name), text)
  write(
    'base.toml',
    `[services.api]\ncommand = ["sh", "-c", '''${TELLS}''']\nenv = { PORT = "1", LOG = "debug" }\n`,
  )
  write('.env', 'FROM_FILE=file\n')
  write('stead.prod.jsonc', '{ "services": { "api": { "env": { "LOG": "warn", }, }, }, } // quiet')
  room.write(
    'include: base.toml\nenvFiles: .env\nservices:\n  api: { env: { PORT: 2, FROM: "${FROM_FILE}" } }\n',
  )
  const told = (): string => {
    try {
      return readFileSync(join(room.directory, 'told'), 'utf8')
    } catch {
      return ''
    }
  }
  return { room, write, told }
}

test('a guard keeps what all its files, its profile and its command line make together', async () => {
  const { room, write, told } = layered()
  await room.up({ args: ['--profile', 'prod', '--set', 'services.api.env.SET=by hand'] })
  await room.running('api')
  await until('the program has told', () => told() === '2 warn file by hand')

  // A changed file that is only included counts, and what the guard was started with stays.
  write(
    'base.toml',
    readFileSync(join(room.directory, 'base.toml'), 'utf8').replace('"debug"', '"trace"'),
  )
  write('stead.prod.jsonc', '{ "services": { "api": { "env": { "PORT": "3" } } } }')
  const applied = await room.stead('apply')
  expect(applied.stdout).toMatch(/api.*restarts/)
  await until('it has told again', () => told() === '3 trace file by hand')

  // A broken one changes nothing, and is named.
  write('base.toml', '[services.api\n')
  const refused = await room.stead('apply')
  expect(refused.code).toBe(2)
  expect(refused.stderr).toMatch(/base\.toml:1:\d+: /)
  expect((await room.one('api')).phase).toBe('running')
})

test('a profile that is not there starts nothing', async () => {
  const { room } = layered()
  const guard = await room.up({ args: ['--profile', 'prd'], waits: false })
  expect((await guard.ended).code).toBe(2)
  expect(guard.text()).toMatch(/there is no profile "prd"; did you mean prod\?/)
})

test('in the background the profile and the settings go along', async () => {
  const { room, told } = layered()
  const { code } = await room.stead('up', '-d', '--profile=prod', '--set=services.api.env.SET=x')
  expect(code).toBe(0)
  await until('the program has told', () => told() === '2 warn file x')
  await room.stead('down')
})
