/** Each verb of the guard as people use it, on one guard with real programs. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { until } from '../../contract/until.ts'
import { startProcess } from './guard-process.ts'
import { lives, processOf } from './processes.ts'
import { openRoom } from './room.ts'
import { PROGRAMS, PYTHON, STEAD } from './stead.ts'

const SLEEP = ['/bin/sleep', '1000']
const talker = (name: string, rate: number) => [
  PYTHON,
  `${PROGRAMS}/numbered-lines.py`,
  name,
  String(rate),
]

test('status --json is one object with the guard and its services', async () => {
  const room = openRoom({ web: { command: SLEEP } }, { project: 'shop' })
  const guard = await room.up()
  const [web] = await room.running('web')
  const { stdout } = await room.stead('status', '--json')
  expect(JSON.parse(stdout)).toMatchObject({
    guard: { project: 'shop', pid: guard.pid, socket: room.socket(), file: room.file },
    services: [{ id: 'web', phase: 'running', ready: true, pid: web?.pid, restarts: 0 }],
  })
  const table = (await room.stead('status')).stdout
  expect(table).toMatch(/SERVICE +PHASE/)
  expect(table).toMatch(new RegExp(`^web +running +yes +${web?.pid}`, 'm'))
})

test('L12 start, stop, restart, pause, resume do what they say, and say it', async () => {
  const room = openRoom({ web: { command: SLEEP }, idle: { command: SLEEP, autostart: false } })
  await room.up()
  const [web] = await room.running('web')
  expect(await room.one('idle')).toMatchObject({ phase: 'stopped', pid: null })
  expect(await room.stead('start', 'idle')).toMatchObject({ code: 0, stdout: 'idle is started\n' })
  expect(await room.one('idle')).toMatchObject({ phase: 'running', want: { state: 'up' } })

  expect(await room.stead('pause', 'web')).toMatchObject({ code: 0 })
  // A signal is sent by then; the kernel stops the process when it is its turn to run.
  await until('it is stopped', () => processOf(web?.pid as number)?.state === 'T')
  expect(await room.one('web')).toMatchObject({ phase: 'paused', pid: web?.pid })
  expect(await room.stead('resume', 'web')).toMatchObject({ code: 0 })
  expect(await room.one('web')).toMatchObject({ phase: 'running', pid: web?.pid })

  expect(await room.stead('restart', 'web', 'idle')).toMatchObject({ code: 0 })
  const after = await room.one('web')
  expect(after).toMatchObject({ phase: 'running', incarnation: 2, restarts: 0 })
  expect(lives(web?.pid as number)).toBe(false)
  expect(await room.stead('stop', 'web', 'idle')).toMatchObject({ code: 0 })
  expect(room.programs()).toEqual([])
  // Stopping what is stopped is no error.
  expect(await room.stead('stop', 'web')).toMatchObject({ code: 0 })
})

test('L12 a program that failed for good is started by its operator, and forgiven', async () => {
  const room = openRoom()
  room.write({
    moody: {
      command: ['/bin/sh', `${PROGRAMS}/crashes.sh`, join(room.directory, 'lives'), '3', '7'],
      restart: { delay: '5ms', limit: '2/1m' },
    },
  })
  await room.up()
  const fatal = await room.waitFor('moody', 'is fatal', ({ phase }) => phase === 'fatal')
  expect(fatal).toMatchObject({ incarnation: 3, next: null })
  const explained = (await room.stead('explain', 'moody')).stdout
  expect(explained).toMatch(/^moody is fatal/m)
  expect(explained).toContain('stead start moody')
  expect(explained).toContain('life 3 ends with 7')
  expect(await room.stead('start', 'moody')).toMatchObject({ code: 0 })
  expect(await room.one('moody')).toMatchObject({ phase: 'running', incarnation: 4, failures: 0 })
})

test('a label, a glob and an instance say which services are meant; nothing named is refused', async () => {
  const room = openRoom({
    'web-a': { command: SLEEP, labels: { tier: 'web' } },
    'web-b': { command: SLEEP, instances: 2 },
    db: { command: SLEEP, labels: { tier: 'db' } },
  })
  await room.up()
  await room.running('web-a', 'web-b@1', 'web-b@2', 'db')
  expect(await room.stead('stop', '-l', 'tier=web')).toMatchObject({ stdout: 'web-a is stopped\n' })
  expect(await room.stead('stop', 'web-b@2')).toMatchObject({ stdout: 'web-b@2 is stopped\n' })
  expect(await room.stead('stop', 'web-*')).toMatchObject({ code: 0 })
  expect(await room.stead('stop')).toMatchObject({ code: 2 })
  expect(await room.stead('stop', '-l', 'tier')).toMatchObject({ code: 2 })
  expect(await room.stead('stop', 'no-*')).toMatchObject({ code: 5 })
  for (const id of ['web-a', 'web-b@1', 'web-b@2']) {
    expect(await room.one(id)).toMatchObject({ phase: 'stopped' })
  }
  expect(await room.one('db')).toMatchObject({ phase: 'running' })
})

test('L08 scale adds and removes instances and touches no other', async () => {
  const room = openRoom({ web: { command: SLEEP, instances: 2 } })
  await room.up()
  const before = await room.running('web@1', 'web@2')
  expect(await room.stead('scale', 'web', '4')).toMatchObject({ code: 0 })
  const four = await room.running('web@1', 'web@2', 'web@3', 'web@4')
  expect(four.slice(0, 2).map(({ pid }) => pid)).toEqual(before.map(({ pid }) => pid))
  const numbers = room.programs('web').map(({ environment }) => environment.STEAD_INSTANCE)
  expect(numbers.sort()).toEqual(['1', '2', '3', '4'])
  expect(await room.stead('scale', 'web', '1')).toMatchObject({ code: 0 })
  await until('one is left', () => room.programs('web').length === 1)
  expect(room.programs('web')[0]?.pid).toBe(before[0]?.pid)
})

test('a rolling restart has each instance ready before the next one ends', async () => {
  const room = openRoom({
    web: {
      command: [PYTHON, '-c', "import time; print('here', flush=True); time.sleep(1000)"],
      instances: 3,
      ready: { log: 'here' },
    },
  })
  await room.up()
  await room.running('web@1', 'web@2', 'web@3')
  const from = (await room.status()).guard.event
  expect(await room.stead('restart', 'web', '--rolling')).toMatchObject({ code: 0 })
  let notReady = 0
  let most = 0
  for (const event of (await room.events()).filter(({ number }) => number > from)) {
    if (event.type !== 'ready') continue
    notReady += event.ready ? -1 : 1
    most = Math.max(most, notReady)
  }
  expect(most).toBe(1)
  for (const { incarnation } of await room.running('web@1', 'web@2', 'web@3')) {
    expect(incarnation).toBe(2)
  }
})

test('signal sends to the program, its group or its tree', async () => {
  const room = openRoom()
  const notes = join(room.directory, 'notes')
  room.write({
    polite: {
      command: ['/bin/sh', `${PROGRAMS}/notes-signals.sh`, 'polite', notes],
      ready: { log: 'is up' },
    },
  })
  await room.up()
  const [polite] = await room.running('polite')
  expect(await room.stead('signal', 'polite', 'HUP')).toMatchObject({ code: 0 })
  await until('it came', () => readFileSync(notes, 'utf8') === 'polite up\npolite HUP\n')
  expect(await room.one('polite')).toMatchObject({ pid: polite?.pid })
  expect(await room.stead('signal', 'polite', 'SIGKILL', '--to', 'tree')).toMatchObject({ code: 0 })
  const back = await room.waitFor('polite', 'is back', ({ incarnation }) => incarnation === 2)
  expect(back.lastExit?.exit).toMatchObject({ kind: 'signal', signal: 'SIGKILL' })
})

test('L07 apply: the dry run names what would be done, and then just that is done', async () => {
  const room = openRoom({
    same: { command: SLEEP },
    other: { command: SLEEP },
    limit: { command: SLEEP },
    gone: { command: SLEEP },
  })
  await room.up()
  const before = await pidsOf(room)
  room.write({
    same: { command: SLEEP },
    other: { command: ['/bin/sleep', '2000'] },
    limit: { command: SLEEP, restart: { limit: '3/1m' } },
    fresh: { command: SLEEP },
  })
  const expected = [
    { service: 'fresh', action: 'add' },
    { service: 'gone', action: 'remove' },
    { service: 'limit', action: 'in-place' },
    { service: 'other', action: 'restart' },
    { service: 'same', action: 'nothing' },
  ]
  const planned = await room.stead('apply', '--dry-run', '--json')
  expect(planned).toMatchObject({ code: 0 })
  expect(sorted(JSON.parse(planned.stdout).changes)).toMatchObject(expected)
  expect(await pidsOf(room)).toEqual(before)

  const done = await room.stead('apply', '--json')
  expect(sorted(JSON.parse(done.stdout).changes)).toMatchObject(expected)
  await until('what is gone has ended', () => room.programs('gone').length === 0)
  await room.waitFor(
    'other',
    'runs anew',
    ({ phase, pid }) => phase === 'running' && pid !== before.other,
  )
  await room.running('fresh')
  const after = await pidsOf(room)
  expect(Object.keys(after).sort()).toEqual(['fresh', 'limit', 'other', 'same'])
  expect([after.same, after.limit]).toEqual([before.same, before.limit])
  expect(processOf(after.other as number)?.command).toEqual(['/bin/sleep', '2000'])
  const again = await room.stead('apply', '--json')
  for (const { action } of JSON.parse(again.stdout).changes) expect(action).toBe('nothing')
})

test('logs shows the newest lines of several services with their names, and follows', async () => {
  const room = openRoom({
    one: { command: talker('one', 200) },
    two: { command: talker('two', 200) },
  })
  await room.up()
  await room.running('one', 'two')
  await until(
    'there are lines',
    () => room.log('one').length > 2_000 && room.log('two').length > 2_000,
  )
  const last = await room.stead('logs', 'one', '-n', '5')
  expect(last.code).toBe(0)
  expect(last.stdout.trimEnd().split('\n').length).toBe(5)
  expect(last.stdout).toMatch(/^\d{4}-.*Z one \d+ \d+$/m)

  const follow = startProcess([...STEAD, 'logs', 'one', 'two', '-f', '--home', room.home], {
    cwd: room.directory,
  })
  await until(
    'both have come',
    () => ofName(follow.text(), 'one') > 20 && ofName(follow.text(), 'two') > 20,
  )
  follow.signal('SIGINT')
  expect(await follow.ended).toEqual({ code: 0, signal: null })
  for (const name of ['one', 'two']) {
    const numbers = [...follow.text().matchAll(new RegExp(`^${name} *\\| .* (\\d+)$`, 'gm'))]
    const first = Number(numbers[0]?.[1])
    expect(numbers.map((match) => Number(match[1]))).toEqual(numbers.map((_, at) => first + at))
  }
  const nothing = await room.stead('logs', 'one', '--since', '2999-01-01T00:00')
  expect(nothing).toEqual({ code: 0, stdout: '', stderr: '' })
  expect((await room.stead('logs', 'one', '--since', '10m')).stdout).toMatch(/ 1$/m)
})

test('events and history tell what happened, from a number on', async () => {
  const room = openRoom({ web: { command: SLEEP } })
  await room.up()
  await room.running('web')
  const from = (await room.status()).guard.event + 1
  expect(await room.stead('restart', 'web')).toMatchObject({ code: 0 })
  const told = (await room.stead('events', '--since', String(from), '--json')).stdout
  const events = told
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(events[0].number).toBe(from)
  expect(events.map(({ number }) => number)).toEqual(events.map((_, at) => from + at))
  expect(events.some(({ type, id }) => type === 'exit' && id === 'web')).toBe(true)
  expect((await room.stead('events', '--since', String(from))).stdout).toMatch(/web ended with/)
  expect((await room.stead('history', 'web')).stdout).toMatch(/web .*#1 .*SIGTERM.*\(restart\)/)
})

test('beat keeps a program with a heartbeat alive, and without it the guard recovers it', async () => {
  const room = openRoom({
    pulse: { command: SLEEP, heartbeat: { every: '300ms', misses: 2 }, startSeconds: '0s' },
  })
  await room.up()
  await room.running('pulse')
  expect(await room.stead('beat', 'pulse')).toMatchObject({ code: 0 })
  const back = await room.waitFor('pulse', 'was recovered', ({ incarnation }) => incarnation >= 2)
  expect(back.lastExit?.cause).toBe('heartbeat')
})

function sorted(changes: { service: string }[]) {
  return changes.toSorted((a, b) => (a.service < b.service ? -1 : 1))
}

function ofName(text: string, name: string): number {
  return text.split('\n').filter((line) => line.startsWith(`${name} `)).length
}

async function pidsOf(room: ReturnType<typeof openRoom>): Promise<Record<string, number | null>> {
  const { services } = await room.status()
  return Object.fromEntries(services.map(({ id, pid }) => [id, pid]))
}
