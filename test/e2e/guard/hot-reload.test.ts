import { mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { until } from '../../contract/until.ts'
import { openRoom, type Room } from './room.ts'

const WATCHED = { configuration: { watch: true, debounce: '50ms', trial: '300ms' } }
/** Ends as soon as something fails, which it has time for on any machine. */
const LONG_TRIAL = { configuration: { ...WATCHED.configuration, trial: '10m' } }
const SLEEPS = ['sleep', '600']
const sleeper = (value: string) => ({ command: SLEEPS, env: { VALUE: value } })

/** Waits for the version whose outcome is that. */
async function version(room: Room, number: number, outcome: string) {
  return until(`version ${number} is ${outcome}`, async () => {
    const { stdout } = await room.stead('config', 'history', '--json')
    const { versions } = JSON.parse(stdout) as {
      versions: { number: number; outcome: string; reason: string | null; by: string }[]
    }
    return versions.find((one) => one.number === number && one.outcome === outcome)
  })
}

describe('a guard that watches its file', () => {
  test('takes over what is saved, and leaves alone what has not changed', async () => {
    const room = openRoom({ a: sleeper('1'), b: sleeper('1') }, WATCHED)
    await room.up()
    const [a, b] = await room.running('a', 'b')
    room.write({ a: sleeper('2'), b: { ...sleeper('1'), labels: { tier: 'x' } } }, WATCHED)
    expect(await version(room, 2, 'good')).toMatchObject({ by: 'file' })
    expect((await room.one('a')).pid).not.toBe(a?.pid)
    expect((await room.one('b')).pid).toBe(b?.pid)
    const [program] = room.programs('a')
    expect(program?.environment.VALUE).toBe('2')
  })

  test('goes back by itself when what it took over fails, and says so', async () => {
    const room = openRoom({ a: sleeper('1') }, LONG_TRIAL)
    await room.up()
    await room.running('a')
    room.write({ a: { command: ['sh', '-c', 'sleep 0.3; exit 3'] } }, LONG_TRIAL)
    const { reason } = await version(room, 2, 'rolled-back')
    expect(reason).toMatch(/^a is (backoff|fatal): /)
    await version(room, 3, 'good')
    await room.running('a')
    expect(room.programs('a')[0]?.environment.VALUE).toBe('1')
    const { stdout } = await room.stead('events')
    expect(stdout).toMatch(/configuration 2 is taken back: a is (backoff|fatal)/)
  })

  test('keeps what it has when what is saved is wrong, and status tells why until it is right', async () => {
    const room = openRoom({ a: sleeper('1') }, WATCHED)
    await room.up()
    const [a] = await room.running('a')
    room.write(
      'services:\n  a: { command: [sleep, "600"], instancs: 2 }\nconfiguration: { watch: true }\n',
    )
    const refused = () => room.status().then(({ guard }) => guard.config?.refused ?? null)
    const told = await until('the refusal is told', refused)
    expect(told.reason).toContain('stead.yaml:2:33: services.a.instancs')
    // The line itself may have in it what not everybody may see.
    expect(told.reason).not.toContain('600')
    expect((await room.stead('status')).stdout).toContain('is not taken over: ')
    expect((await room.stead('events')).stdout).toContain('services.a.instancs')
    expect((await room.one('a')).pid).toBe(a?.pid)
    room.write({ a: sleeper('1') }, WATCHED)
    await until('it is forgotten', async () => (await refused()) === null)
    expect((await room.one('a')).pid).toBe(a?.pid)
  })

  test('sees files that come into a directory that it includes, and go from it', async () => {
    const room = openRoom({ a: sleeper('1') }, { ...WATCHED, include: 'conf.d/*.yaml' })
    await room.up()
    const [a] = await room.running('a')
    const directory = join(room.directory, 'conf.d')
    mkdirSync(directory)
    writeFileSync(join(directory, 'b.yaml'), 'services: { b: { command: [sleep, "600"] } }\n')
    await version(room, 2, 'good')
    await room.running('b')
    rmSync(join(directory, 'b.yaml'))
    await version(room, 3, 'good')
    expect(room.programs('b')).toEqual([])
    expect((await room.one('a')).pid).toBe(a?.pid)
  })

  test('sees a link that is switched, as Kubernetes does', async () => {
    const room = openRoom({ a: sleeper('1') }, WATCHED)
    const text = readFileSync(room.file, 'utf8')
    for (const [name, value] of [
      ['..1', '1'],
      ['..2', '2'],
    ] as const) {
      mkdirSync(join(room.directory, name))
      writeFileSync(
        join(room.directory, name, 'stead.yaml'),
        text.replace('"VALUE":"1"', `"VALUE":"${value}"`),
      )
    }
    rmSync(room.file)
    symlinkSync('..1', join(room.directory, '..data'))
    symlinkSync('..data/stead.yaml', room.file)
    await room.up()
    await room.running('a')
    symlinkSync('..2', join(room.directory, '..new'))
    renameSync(join(room.directory, '..new'), join(room.directory, '..data'))
    await version(room, 2, 'good')
    expect(room.programs('a')[0]?.environment.VALUE).toBe('2')
  })
})

test('a service is reloaded when a file that it reads has changed', async () => {
  const room = openRoom()
  const conf = join(room.directory, 'a.conf')
  writeFileSync(conf, 'one\n')
  const script = `trap 'cat a.conf' HUP; cat a.conf; while :; do sleep 600 & wait; done`
  const reads = { command: ['sh', '-c', script], reloadOn: 'a.conf', reload: { signal: 'SIGHUP' } }
  room.write({ a: reads }, { configuration: { debounce: '50ms' } })
  await room.up()
  const [before] = await room.running('a')
  await until('it has read it', () => room.log('a').includes('one'))
  writeFileSync(conf, 'two\n')
  await until('it has read it anew', () => room.log('a').includes('two'))
  expect((await room.one('a')).pid).toBe(before?.pid)
})

test('apply --trial waits for the outcome, and ends with it', async () => {
  const room = openRoom({ a: sleeper('1') })
  await room.up()
  await room.running('a')
  room.write({ a: sleeper('2') })
  const good = await room.stead('apply', '--trial', '300ms')
  expect(good).toMatchObject({ code: 0 })
  expect(good.stdout).toContain('configuration 2 is good')
  room.write({ a: { command: ['false'] } })
  const bad = await room.stead('apply', '--trial', '10m')
  expect(bad.code).toBe(1)
  expect(bad.stderr).toMatch(/CONFIG_ROLLED_BACK: configuration 3 was taken back: a is/)
  await room.running('a')
})

test('an earlier version is gone back to by its number, after a restart of the guard as well', async () => {
  const room = openRoom({ a: sleeper('1') })
  await room.up()
  await room.running('a')
  room.write({ a: sleeper('2') })
  expect((await room.stead('apply')).code).toBe(0)
  const { stdout: different } = await room.stead('config', 'diff')
  expect(different).toBe('~ services.a.env.VALUE: "1" → "2"\n')
  await room.stead('down')
  await room.up()
  await room.running('a')
  const back = await room.stead('config', 'rollback', '1')
  expect(back).toMatchObject({ code: 0, stdout: expect.stringMatching(/^version 1 is taken over/) })
  // The one before runs until its restart begins.
  const values = () => room.programs('a').map(({ environment }) => environment.VALUE)
  await until('a runs what version 1 says', () => values().join() === '1')
  const { stdout } = await room.stead('config', 'history')
  expect(stdout.split('\n').map((line) => line.split(/\s{2,}/)[2])).toEqual(
    expect.arrayContaining(['CAUSE', 'rollback', 'apply', 'start']),
  )
  expect(await room.stead('config', 'rollback', '77')).toMatchObject({ code: 2 })
})

test('status shows what is removed until it has stopped, and says so', async () => {
  const script = `trap 'while [ ! -e go ]; do sleep 0.02; done; exit 0' TERM; echo up; while :; do sleep 600 & wait; done`
  const room = openRoom({
    a: sleeper('1'),
    b: {
      command: ['sh', '-c', script],
      ready: { log: 'up' },
      stop: [{ signal: 'SIGTERM', wait: '10m' }],
    },
  })
  await room.up()
  await room.running('a', 'b')
  room.write({ a: sleeper('1') })
  expect((await room.stead('apply')).code).toBe(0)
  const { stdout, code } = await room.stead('status')
  expect(stdout).toMatch(/^b +stopping \(removed\) /m)
  expect(code).toBe(0)
  expect(JSON.parse((await room.stead('status', '--json')).stdout).services).toMatchObject([
    { id: 'a', phase: 'running' },
    { id: 'b', phase: 'stopping', removing: true },
  ])
  expect((await room.stead('restart', 'b')).code).not.toBe(0)
  writeFileSync(join(room.directory, 'go'), '')
  await until('b has gone', async () => !(await room.stead('status')).stdout.includes('removed'))
})

test('several instances follow one after another, and the first that fails has all of them run what they ran', async () => {
  const several = (command: readonly string[]) => ({ command, instances: 3 })
  const room = openRoom({ a: several(SLEEPS) })
  await room.up()
  const before = await room.running('a@1', 'a@2', 'a@3')
  room.write({ a: several(['sh', '-c', 'exit 3']) })
  const bad = await room.stead('apply', '--trial', '0s')
  expect(bad.code).toBe(1)
  expect(bad.stderr).toMatch(/CONFIG_ROLLED_BACK: configuration 2 was taken back: a@1/)
  const back = await room.running('a@1', 'a@2', 'a@3')
  expect(back.slice(1).map(({ pid }) => pid)).toEqual(before.slice(1).map(({ pid }) => pid))
  room.write({ a: several(['sleep', '601']) })
  expect((await room.stead('apply', '--trial', '0s')).stdout).toContain('configuration 4 is good')
  const pids = new Set([...before, ...back].map(({ pid }) => pid))
  for (const { pid } of await room.running('a@1', 'a@2', 'a@3')) expect(pids.has(pid)).toBe(false)
})

test('a file that changes while no guard is there: what follows is what it changes, and nothing else', async () => {
  const room = openRoom({ a: sleeper('1'), b: sleeper('1'), c: sleeper('1') })
  const guard = await room.up()
  const before = await room.running('a', 'b', 'c')
  await guard.kill()
  const described = { ...sleeper('1'), description: 'the third' }
  room.write({ a: sleeper('2'), b: sleeper('1'), c: described })
  await room.up()
  const values = () => room.programs('a').map(({ environment }) => environment.VALUE)
  await until('a runs what the file says', () => values().join() === '2')
  const after = await room.running('a', 'b', 'c')
  expect(after.slice(1).map(({ pid }) => pid)).toEqual(before.slice(1).map(({ pid }) => pid))
  const { stdout } = await room.stead('config', 'history', '--json')
  expect(JSON.parse(stdout).versions.at(-1)).toMatchObject({
    cause: 'start',
    outcome: 'good',
    changes: [{ service: 'a', action: 'restart', settings: ['env'] }],
  })
})

test('and the guard goes back where the first of several instances does not bear it', async () => {
  const several = (command: readonly string[]) => ({ a: { command, instances: 3 } })
  const room = openRoom(several(SLEEPS))
  await room.up()
  const before = await room.running('a@1', 'a@2', 'a@3')
  expect(await room.stead('down', '--keep')).toMatchObject({ code: 0 })
  room.write(several(['sh', '-c', 'exit 3']))
  await room.up()
  const { reason } = await version(room, 2, 'rolled-back')
  expect(reason).toMatch(/^a@1/)
  await version(room, 3, 'good')
  const back = await room.running('a@1', 'a@2', 'a@3')
  expect(back.slice(1).map(({ pid }) => pid)).toEqual(before.slice(1).map(({ pid }) => pid))
  const commands = room.programs('a').map(({ command }) => command.join(' '))
  expect(commands).toEqual(Array(3).fill('sleep 600'))
})

test('config show --running tells what runs, and what the file says otherwise by now', async () => {
  const room = openRoom({ a: sleeper('1'), b: sleeper('1') })
  await room.up()
  await room.running('a', 'b')
  const same = await room.stead('config', 'show', '--running')
  expect(same.code).toBe(0)
  expect(same.stdout).toMatch(/^version 1, good: start by start at /)
  expect(same.stdout).toMatch(/services\.a\.env\.VALUE +"1" +file +stead\.yaml:1:\d+/)
  expect(same.stdout).toContain('stead.yaml says the same')
  room.write({ a: sleeper('2'), b: sleeper('1') })
  const other = await room.stead('config', 'show', 'a', '--running')
  expect(other.stdout).toContain(
    'says otherwise by now: stead apply\n~ services.a.env.VALUE: "1" → "2"',
  )
  expect((await room.stead('config', 'show', 'b', '--running')).stdout).toContain('says the same')
  const json = JSON.parse((await room.stead('config', 'show', '--running', '--json')).stdout)
  expect(json).toMatchObject({
    version: { number: 1, outcome: 'good' },
    differs: [{ setting: 'services.a.env.VALUE', before: '1', after: '2' }],
    problems: [],
  })
  room.write('services: [')
  expect((await room.stead('config', 'show', '--running')).stdout).toMatch(
    /stead\.yaml cannot be read as it is now:\n.*stead\.yaml:1:/,
  )
})
