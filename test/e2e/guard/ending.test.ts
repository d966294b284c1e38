/** How `stead up` ends: Ctrl-C, SIGTERM, twice, with programs that hang, and with which code. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { until } from '../../contract/until.ts'
import { wholeLines } from '../../contract/whole-lines.ts'
import { startProcess } from './guard-process.ts'
import { kill, processOf } from './processes.ts'
import { openRoom, type Room } from './room.ts'
import { PROGRAMS, STEAD } from './stead.ts'

const SLEEP = ['/bin/sleep', '1000']
const STUBBORN = ['/bin/sh', `${PROGRAMS}/stubborn.sh`]

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  test(`T08 T09 ${signal} stops in the reverse order of dependsOn, and up ends with 0`, async () => {
    const room = openRoom()
    room.write(chain(room))
    const guard = await room.up()
    await room.running('first', 'second', 'third')
    guard.signal(signal)
    expect(await guard.ended).toEqual({ code: 0, signal: null })
    expect(notes(room).filter((line) => !line.endsWith('up'))).toEqual([
      'third TERM',
      'second TERM',
      'first TERM',
    ])
    expect(notes(room).slice(0, 3)).toEqual(['first up', 'second up', 'third up'])
    room.expectNothingLeft()
  })
}

test('P08 Ctrl-C typed in a terminal reaches the guard and not its programs', async () => {
  const room = openRoom()
  room.write(chain(room))
  // script(1) makes a terminal, of which `stead up` is the foreground job.
  const words = [...STEAD, 'up', '-f', room.file, '--home', room.home].map((word) => `'${word}'`)
  const terminal = startProcess(['script', '-qefc', `exec ${words.join(' ')}`, '/dev/null'], {
    cwd: room.directory,
    env: { TERM: 'dumb', SHELL: '/bin/sh' },
  })
  await until('all are up', () => notes(room).length >= 3)
  await room.running('first', 'second', 'third')
  terminal.type('\u0003')
  expect(await terminal.ended).toEqual({ code: 0, signal: null })
  expect(notes(room).filter((line) => /INT|HUP/.test(line))).toEqual([])
  expect(notes(room).slice(-3)).toEqual(['third TERM', 'second TERM', 'first TERM'])
  room.expectNothingLeft()
})

test('P08 a signal to the process group of the guard reaches no program either', async () => {
  const room = openRoom()
  room.write(chain(room))
  const guard = await room.up()
  const all = await room.running('first', 'second', 'third')
  for (const { pid } of all) expect(processOf(pid as number)?.group).toBe(pid)
  guard.signalGroup('SIGINT')
  expect(await guard.ended).toEqual({ code: 0, signal: null })
  expect(notes(room).filter((line) => /INT/.test(line))).toEqual([])
})

test('T08 200 programs of which eight hang are ended within the time that they were given', async () => {
  const stop = [{ signal: 'SIGTERM', wait: '700ms' }]
  const room = openRoom({
    ...Object.fromEntries(Array.from({ length: 192 }, (_, at) => [`p${at}`, { command: SLEEP }])),
    ...Object.fromEntries(
      Array.from({ length: 8 }, (_, at) => [`h${at}`, { command: STUBBORN, stop }]),
    ),
  })
  const guard = await room.up()
  await until('all have begun', async () =>
    (await room.status()).services.every(({ pid }) => pid !== null),
  )
  await until('the deaf are deaf', () =>
    Array.from({ length: 8 }, (_, at) => room.log(`h${at}`)).every((log) => log !== ''),
  )
  const begin = performance.now()
  guard.signal('SIGINT')
  expect(await guard.ended).toEqual({ code: 0, signal: null })
  const took = performance.now() - begin
  expect(took).toBeGreaterThan(700)
  // All at once: each was asked before the time of the first was over, however slow the machine is.
  const said = guard.text().split('\n')
  const asked = said
    .map((line, at) => (/ h\d is stopping /.test(line) ? at : -1))
    .filter((at) => at >= 0)
  const killed = said.findIndex((line) => / h\d ended with signal SIGKILL /.test(line))
  expect(asked).toHaveLength(8)
  expect(killed).toBeGreaterThan(asked.at(-1) as number)
  room.expectNothingLeft()
})

for (const second of ['SIGINT', 'SIGTERM'] as const) {
  test(`T08 a second signal, ${second}, does not wait for programs that hang`, async () => {
    const room = openRoom({
      deaf: {
        command: STUBBORN,
        ready: { log: 'stubborn' },
        stop: [{ signal: 'SIGTERM', wait: '10m' }],
      },
    })
    const guard = await room.up()
    await room.running('deaf')
    guard.signal('SIGINT')
    await room.waitFor('deaf', 'stops', ({ phase }) => phase === 'stopping')
    // Interrupts that come within half a second are one, which a parent has passed on.
    let ended = false
    void guard.ended.then(() => {
      ended = true
    })
    let last = performance.now()
    await until('it has ended', () => {
      if (ended) return true
      if (performance.now() - last > 600) {
        last = performance.now()
        guard.signal(second)
      }
      return false
    })
    expect((await guard.ended).signal).toBe(null)
    room.expectNothingLeft()
  })
}

test('T09 up ends with 1 where a service failed for good, and says which', async () => {
  const room = openRoom({
    fine: { command: SLEEP },
    broken: { command: ['/bin/sh', '-c', 'exit 9'], restart: { delay: '5ms', limit: '2/1m' } },
  })
  const guard = await room.up()
  await room.running('fine')
  const broken = await room.waitFor('broken', 'is fatal', ({ phase }) => phase === 'fatal')
  expect(broken.why).toMatch(/2|limit/)
  guard.signal('SIGINT')
  expect(await guard.ended).toEqual({ code: 1, signal: null })
  expect(guard.text()).toMatch(/failed for good: broken/)
  room.expectNothingLeft()
})

test('T09 with nothing but jobs up ends by itself: 0 where all succeeded, 1 where one failed', async () => {
  for (const [code, expected] of [
    [0, 0],
    [4, 1],
  ]) {
    const room = openRoom({
      one: { type: 'job', command: ['/bin/sh', '-c', 'echo done'] },
      two: {
        type: 'job',
        command: ['/bin/sh', '-c', `exit ${code}`],
        dependsOn: { one: 'succeeded' },
        restart: 'no',
      },
    })
    const guard = await room.up({ waits: false })
    expect(await guard.ended).toEqual({ code: expected, signal: null })
    room.expectNothingLeft()
  }
})

test('T05 a second up on the same file says who holds it and ends with 1; the first lives on', async () => {
  const room = openRoom({ only: { command: SLEEP } })
  const first = await room.up()
  const [only] = await room.running('only')
  const second = await room.up({ waits: false })
  expect(await second.ended).toEqual({ code: 1, signal: null })
  expect(second.text()).toContain(String(first.pid))
  expect(await room.stead('up', '-d', '-f', room.file)).toMatchObject({ code: 1 })
  expect(await room.one('only')).toMatchObject({ pid: only?.pid, phase: 'running' })
  expect((await room.status()).guard.pid).toBe(first.pid)
  expect(room.programs('only').length).toBe(1)
})

test('up -d goes to the background when it answers, and down ends it and leaves nothing', async () => {
  const room = openRoom({ only: { command: SLEEP } })
  const started = await room.stead('up', '-d')
  expect(started).toMatchObject({ code: 0 })
  const { guard } = await room.status()
  expect(started.stdout).toContain(String(guard.pid))
  const [only] = await room.running('only')
  expect(processOf(only?.pid as number)?.parent).toBe(guard.pid)
  expect(processOf(guard.pid)?.session).toBe(guard.pid)
  expect(await room.stead('down')).toMatchObject({ code: 0 })
  await until('the guard is gone', () => processOf(guard.pid) === null)
  room.expectNothingLeft()
  expect(await room.stead('down')).not.toMatchObject({ code: 0 })
})

test('a guard that is killed leaves its socket behind, and the next one takes its place', async () => {
  const room = openRoom({ only: { command: SLEEP } })
  const first = await room.up()
  await room.running('only')
  kill(first.pid)
  await first.ended
  expect(existsSync(room.socket())).toBe(true)
  expect(await room.stead('status')).toMatchObject({ code: 3 })
  await room.up()
  await room.running('only')
  expect(await room.stead('status')).toMatchObject({ code: 0 })
})

function chain(room: Room) {
  const file = join(room.directory, 'notes')
  const service = (name: string, after?: string) => ({
    command: ['/bin/sh', `${PROGRAMS}/notes-signals.sh`, name, file],
    ready: { log: 'is up' },
    ...(after === undefined ? {} : { dependsOn: { [after]: 'ready' } }),
  })
  return {
    third: service('third', 'second'),
    first: service('first'),
    second: service('second', 'first'),
  }
}

const notes = (room: Room): string[] => wholeLines(join(room.directory, 'notes'))
