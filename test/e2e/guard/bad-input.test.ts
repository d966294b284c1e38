/** What people get wrong: the file, the names, the place. An answer in words, and an exit code. */
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openRoom } from './room.ts'
import { run, STEAD } from './stead.ts'

const SLEEP = ['/bin/sleep', '1000']

/** Text, and what the message has to have: the place, the line, and what would help. */
const FILES: Readonly<Record<string, readonly [text: string, ...expected: RegExp[]]>> = {
  'an unknown setting': [
    'services:\n  web:\n    comand: sleep 1\n',
    /stead\.yaml:3:5/,
    /comand: sleep 1/,
    /command/,
  ],
  'a wrong type': [
    'services:\n  web:\n    command: sleep 1\n    instances: many\n',
    /stead\.yaml:4:16/,
    /instances: many/,
  ],
  'a word that is nearly right': [
    'services:\n  web:\n    command: sleep 1\n    restart: { when: on-failur }\n',
    /stead\.yaml:4:/,
    /on-failure/,
  ],
  'a duration without a unit that exists': [
    'services:\n  web:\n    command: sleep 1\n    startTimeout: 5 parsecs\n',
    /stead\.yaml:4:19/,
    /5 parsecs/,
  ],
  'a text that is no YAML': ['services:\n  web: [\n    command: "sleep\n', /stead\.yaml:\d+:\d+/],
  'two services of one name': [
    'services:\n  web:\n    command: sleep 1\n  web:\n    command: sleep 2\n',
    /stead\.yaml:4:3/,
    /web/,
  ],
  'a dependency that is not there': [
    'services:\n  api:\n    command: sleep 1\n    dependsOn: { dv: ready }\n  db:\n    command: sleep 1\n',
    /stead\.yaml:4:/,
    /dv/,
    /did you mean.*db|db/,
  ],
  'a cycle': [
    'services:\n  a:\n    command: sleep 1\n    dependsOn: [b]\n  b:\n    command: sleep 1\n    dependsOn: [a]\n',
    /stead\.yaml:\d+:\d+/,
    /a.*b.*a|b.*a.*b/,
  ],
  'a service that depends on itself': [
    'services:\n  a:\n    command: sleep 1\n    dependsOn: [a]\n',
    /stead\.yaml:4:/,
  ],
  'no services': ['services: {}\n', /stead\.yaml:1:/, /no service/],
  nothing: ['', /stead\.yaml/],
  'a variable that is not set': [
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the notation of stead.yaml
    'services:\n  web:\n    command: ["sleep", "${NOT_SET_AT_ALL}"]\n',
    /stead\.yaml:3:/,
    /NOT_SET_AT_ALL/,
  ],
}

describe('a stead.yaml with', () => {
  for (const [what, [text, ...expected]] of Object.entries(FILES)) {
    test(`${what} is refused with its place, and nothing starts`, async () => {
      const room = openRoom(text)
      const { code, stderr } = await room.stead('up', '-f', room.file)
      for (const part of expected) expect(stderr).toMatch(part)
      expect(code).toBe(2)
      expect(stderr).not.toMatch(/\bat .*\.ts:\d+/)
      room.expectNothingLeft()
    })
  }

  test('50 MB is refused at once and in little memory', async () => {
    const room = openRoom('x')
    writeFileSync(room.file, Buffer.alloc(50_000_000, '# nothing\n'))
    const { code, stderr } = await run(
      ['/usr/bin/env', 'NODE_OPTIONS=--max-old-space-size=64', ...STEAD, 'up', '--home', room.home],
      { cwd: room.directory },
    )
    expect(stderr).toMatch(/stead\.yaml.*50000000|bytes|characters/)
    expect(code).toBe(2)
  })

  test('aliases that make billions of it is refused at once', async () => {
    const lines = ['x0: &x0 [a, a, a, a, a, a, a, a, a, a]']
    for (let at = 1; at < 12; at++) {
      lines.push(
        `x${at}: &x${at} [${Array(10)
          .fill(`*x${at - 1}`)
          .join(', ')}]`,
      )
    }
    const room = openRoom(`${lines.join('\n')}\nservices: *x11\n`)
    const { code, stderr } = await run([...STEAD, 'up', '--home', room.home], {
      cwd: room.directory,
    })
    expect(code).toBe(2)
    expect(stderr).toMatch(/stead\.yaml/)
  })

  test('an error, applied to a running guard, changes nothing: it and its programs live on', async () => {
    const room = openRoom({ web: { command: SLEEP } })
    await room.up()
    const [before] = await room.running('web')
    room.write('services:\n  web:\n    comand: sleep 1\n')
    const { code, stderr } = await room.stead('apply')
    expect(code).toBe(2)
    expect(stderr).toMatch(/:3:5/)
    expect(await room.one('web')).toMatchObject({ pid: before?.pid, phase: 'running' })
  })
})

test('without a stead.yaml here or above, up says which file it looked for', async () => {
  const room = openRoom('x')
  rmSync(room.file)
  for (const verb of ['up', 'down', 'apply']) {
    const { code, stderr } = await room.stead(verb)
    expect(code).toBe(2)
    expect(stderr).toMatch(/no stead\.yaml/)
  }
  const named = await room.stead('up', '-f', join(room.directory, 'other.yaml'))
  expect(named.code).toBe(2)
  expect(named.stderr).toContain('other.yaml')
})

test('a name that no guard has is told with the near one, and exit code 5', async () => {
  const room = openRoom({ database: { command: SLEEP }, web: { command: SLEEP } })
  await room.up()
  const [before] = await room.running('database')
  for (const verb of ['stop', 'restart', 'explain', 'reload', 'beat']) {
    const { code, stderr } = await room.stead(verb, 'databse')
    expect(stderr).toContain('databse')
    expect({ verb, code }).toEqual({ verb, code: 5 })
    expect(stderr).toMatch(/did you mean "?database/)
  }
  expect(await room.stead('scale', 'databse', '3')).toMatchObject({ code: 5 })
  expect(await room.stead('signal', 'databse', 'HUP')).toMatchObject({ code: 5 })
  expect(await room.one('database')).toMatchObject({ pid: before?.pid })
})

test('wrong words to a verb are refused with exit code 2', async () => {
  const room = openRoom({ web: { command: SLEEP } })
  await room.up()
  await room.running('web')
  for (const words of [
    ['scale', 'web', 'many'],
    ['scale', 'web', '-1'],
    ['signal', 'web', 'NOSUCH'],
    ['events', '--since', 'yesterdayish'],
    ['logs', 'web', '--since', 'whenever'],
    ['logs', 'web', '-n', 'few'],
    ['up', '--scope', 'galaxy'],
  ] as const) {
    const { code, stderr } = await room.stead(...words)
    expect({ words, code }).toEqual({ words, code: 2 })
    expect(stderr.trim()).not.toBe('')
  }
})

test('T06 a home whose socket path would be too long is refused by name before anything starts', async () => {
  const room = openRoom({ web: { command: SLEEP } })
  const long = join(room.directory, 'x'.repeat(100))
  const { code, stderr } = await run([...STEAD, 'up', '--home', long], { cwd: room.directory })
  expect(code).toBe(2)
  expect(stderr).toMatch(/--home/)
  expect(stderr).toMatch(/10[78]/)
  room.expectNothingLeft()
})

test('status says by its exit code whether it runs: 0, 3, 4', async () => {
  const room = openRoom({ web: { command: SLEEP }, other: { command: SLEEP } })
  const none = await room.stead('status')
  expect(none).toMatchObject({ code: 3 })
  expect(JSON.parse((await room.stead('status', '--json')).stdout)).toEqual({
    guard: null,
    services: [],
  })
  await room.up()
  await room.running('web', 'other')
  expect(await room.stead('status')).toMatchObject({ code: 0 })
  expect(await room.stead('status', 'web')).toMatchObject({ code: 0 })
  expect(await room.stead('stop', 'web')).toMatchObject({ code: 0 })
  expect(await room.stead('status', 'web')).toMatchObject({ code: 3 })
  expect(await room.stead('status', 'other')).toMatchObject({ code: 0 })
  expect(await room.stead('status', 'nosuch')).toMatchObject({ code: 4 })
})
