/** What becomes of processes: whole trees, deaf ones, those that close their output. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { until } from '../../contract/until.ts'
import { wholeLines } from '../../contract/whole-lines.ts'
import { kill, lives, processOf } from './processes.ts'
import { openRoom } from './room.ts'
import { PROGRAMS, PYTHON } from './stead.ts'

const SLEEP = ['/bin/sleep', '1000']

test('P01 a program that ignores SIGTERM is killed after the declared time', async () => {
  const room = openRoom({
    deaf: {
      command: ['/bin/sh', `${PROGRAMS}/stubborn.sh`],
      ready: { log: 'stubborn' },
      stop: [{ signal: 'SIGTERM', wait: '400ms' }],
    },
  })
  await room.up()
  await room.running('deaf')
  const begin = performance.now()
  expect(await room.stead('stop', 'deaf')).toMatchObject({ code: 0 })
  expect(performance.now() - begin).toBeGreaterThan(400)
  expect((await room.one('deaf')).lastExit).toMatchObject({
    exit: { kind: 'signal', signal: 'SIGKILL' },
    cause: 'stop',
  })
  expect(room.programs('deaf')).toEqual([])
})

test('P02 P03 a leader that ends leaves no grandchild behind, neither in its group nor in a session of its own', async () => {
  const room = openRoom()
  const pids = join(room.directory, 'pids')
  room.write({
    family: {
      command: ['/bin/sh', `${PROGRAMS}/family.sh`, pids],
      ready: { log: 'is complete' },
      stop: [{ signal: 'SIGTERM', wait: '300ms' }],
    },
  })
  await room.up()
  await room.running('family')
  const [near = 0, far = 0] = (wholeLines(pids)[0] ?? '').split(' ').map(Number)
  expect([lives(near), lives(far)]).toEqual([true, true])
  expect(processOf(far)?.session).toBe(far)
  expect(await room.stead('stop', 'family')).toMatchObject({ code: 0 })
  expect([lives(near), lives(far)]).toEqual([false, false])
  expect(room.programs('family')).toEqual([])
})

test('P04 a program that is stopped by SIGSTOP can still be stopped', async () => {
  const room = openRoom({
    asleep: { command: SLEEP, stop: [{ signal: 'SIGTERM', wait: '500ms' }] },
  })
  await room.up()
  const [asleep] = await room.running('asleep')
  kill(asleep?.pid as number, 'SIGSTOP')
  await until('it is stopped', () => processOf(asleep?.pid as number)?.state === 'T')
  expect(await room.stead('stop', 'asleep')).toMatchObject({ code: 0 })
  expect(lives(asleep?.pid as number)).toBe(false)
})

test('P07 P09 a program sees its arguments and environment exactly, three descriptors, and default signals', async () => {
  const room = openRoom()
  const seen = join(room.directory, 'seen')
  const values = [
    '',
    ' ',
    'a b',
    `"'`,
    '%h%%',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is to arrive as it is
    '$HOME ${X}',
    ';&|',
    'two\nlines',
    'né 🙂',
    'back\\',
  ]
  const yaml = { argv: values.map(unexpanded), env: unexpanded(values.join('|')) }
  room.write({
    looker: {
      command: [PYTHON, `${PROGRAMS}/looks-at-itself.py`, seen, ...yaml.argv],
      env: { ODD: yaml.env },
    },
  })
  await room.up()
  await until('it has looked', () => existsSync(seen))
  const found = JSON.parse(readFileSync(seen, 'utf8'))
  expect(found.argv).toEqual(values)
  expect(found.env).toMatchObject({ ODD: values.join('|'), STEAD_SERVICE: 'looker' })
  expect(found.cwd).toBe(room.directory)
  expect(found.fds).toEqual([0, 1, 2])
  expect([found.group, found.session]).toEqual([found.pid, found.pid])
  expect(BigInt(`0x${found.blocked}`)).toBe(0n)
  // Python itself ignores SIGPIPE (13) and SIGXFSZ (25).
  expect(BigInt(`0x${found.ignored}`)).toBe((1n << 12n) | (1n << 24n))
})

test('O01 a program that closes its output and lives on is restarted at once when it ends, and nothing spins', async () => {
  const room = openRoom()
  const ends = join(room.directory, 'ends')
  room.write({
    mute: {
      command: ['/bin/sh', `${PROGRAMS}/closes-output.sh`, ends],
      startSeconds: '0s',
      stop: [{ signal: 'SIGTERM', wait: '500ms' }],
    },
  })
  const guard = await room.up()
  const [before] = await room.running('mute')
  await until('it has spoken', () => room.log('mute').includes('the last words'))
  await until(
    'its output is closed',
    () => !existsSync(`/proc/${before?.pid}/fd/1`) && !existsSync(`/proc/${before?.pid}/fd/2`),
  )
  const busy = processorTime(guard.pid)
  writeFileSync(ends, '')
  const after = await room.waitFor('mute', 'is back', ({ incarnation }) => incarnation === 2)
  expect(after.lastExit?.exit).toEqual({ kind: 'code', code: 9 })
  expect(processorTime(guard.pid) - busy).toBeLessThan(1_000)
})

test('O02 a grandchild that holds the output does not hide the exit of its parent, and its words are kept', async () => {
  const room = openRoom()
  const done = join(room.directory, 'done')
  room.write({
    parent: {
      command: [
        '/bin/sh',
        '-c',
        `trap '' TERM; (while [ ! -e "${done}" ]; do sleep 0.02; done; echo the tail) & exit 5`,
      ],
      restart: 'no',
      // What it leaves is asked to end, and does not.
      stop: [{ signal: 'SIGTERM', wait: '10m' }],
    },
  })
  await room.up()
  const dead = await room.waitFor('parent', 'has ended', ({ lastExit }) => lastExit !== null)
  expect(dead.lastExit?.exit).toEqual({ kind: 'code', code: 5 })
  // The other one lives on until now.
  writeFileSync(done, '')
  await until('nothing of it is left', () => room.programs('parent').length === 0)
  await until('its words are kept', () => room.log('parent').includes('the tail'))
})

test('200 programs start, are told one by one in the status, and are gone after down', async () => {
  const room = openRoom(
    Object.fromEntries(Array.from({ length: 200 }, (_, at) => [`p${at}`, { command: SLEEP }])),
    { defaults: { startSeconds: '0s' } },
  )
  await room.up()
  await until('all run', async () => {
    const { services } = await room.status()
    return services.length === 200 && services.every(({ phase }) => phase === 'running')
  })
  const pids = (await room.status()).services.map(({ pid }) => pid as number)
  expect(new Set(pids).size).toBe(200)
  expect(pids.filter((pid) => !lives(pid))).toEqual([])
  // P06: all of them at once.
  for (const pid of pids) kill(pid)
  await until('all are back', async () => {
    const { services } = await room.status()
    return services.every(({ phase, incarnation }) => phase === 'running' && incarnation === 2)
  })
  for (const { lastExit } of (await room.status()).services) {
    expect(lastExit?.exit).toMatchObject({ kind: 'signal', signal: 'SIGKILL' })
  }
  expect(await room.stead('down')).toMatchObject({ code: 0 })
  room.expectNothingLeft()
})

/** `${…}` in stead.yaml is a variable; doubled it is itself. */
function unexpanded(text: string): string {
  return text.replaceAll('$', '$$$$')
}

/** Milliseconds of processor time that a process has used (fields 14 and 15 of proc(5), 100 a second). */
function processorTime(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * 10
}
