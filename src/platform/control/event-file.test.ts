import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { eventLog } from '../../guard/event-log.ts'
import { eventFile } from './event-file.ts'

let directory = ''
let path = ''
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'stead-events-'))
  path = join(directory, 'state', 'events.jsonl')
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

const opened = (size?: number) => {
  const calls: (() => void)[] = []
  const log = eventLog({
    file: eventFile(path),
    clock: { wall: () => new Date(0) },
    soon: (call) => calls.push(call),
    recent: 4,
    ...(size === undefined ? {} : { size }),
  })
  const say = (count: number): void => {
    for (let index = 0; index < count; index += 1) {
      log.append({ type: 'guard', text: 'x', severity: 6 })
    }
    for (const call of calls.splice(0)) call()
  }
  return { log, say }
}

test('events are lines of JSON that only their user may read, and go on after a restart', () => {
  const first = opened()
  first.say(3)
  first.log.close()
  const [line] = readFileSync(path, 'utf8').split('\n')
  expect(JSON.parse(line as string)).toEqual({
    number: 1,
    at: '1970-01-01T00:00:00.000Z',
    type: 'guard',
    text: 'x',
    severity: 6,
  })
  expect(statSync(path).mode & 0o777).toBe(0o600)
  const second = opened()
  second.say(2)
  expect(second.log.since(2, 100).map(({ number }) => number)).toEqual([2, 3, 4, 5])
  second.log.close()
})

test('the files are two at most, and what was rotated is found', () => {
  const { log, say } = opened(2_000)
  for (let turn = 0; turn < 50; turn += 1) say(5)
  expect(statSync(path).size + statSync(`${path}.1`).size).toBeLessThan(6_000)
  const kept = log.since(0, 1_000).map(({ number }) => number)
  expect(kept.at(-1)).toBe(250)
  expect(kept.length).toBe(250 - (kept[0] as number) + 1)
  log.close()
})

test('a line that was torn off takes no number back', () => {
  const first = opened()
  first.say(3)
  first.log.close()
  truncateSync(path, statSync(path).size - 5)
  const second = opened()
  expect(second.log.append({ type: 'guard', text: 'x', severity: 6 }).number).toBe(4)
  second.log.close()
  expect(readFileSync(path, 'utf8').trimEnd().split('\n')).toHaveLength(4)
})

const here = dirname(fileURLToPath(import.meta.url))
const canMount =
  spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', '/mnt']).status ===
  0

test.skipIf(!canMount)('a disk that is full hurts nothing, and no number comes twice', () => {
  const script = `
    import { eventLog } from ${JSON.stringify(resolve(here, '../../guard/event-log.ts'))}
    import { eventFile } from ${JSON.stringify(resolve(here, './event-file.ts'))}
    const open = () => eventLog({ file: eventFile('/mnt/e/events'), clock: { wall: () => new Date(0) }, soon: () => {} })
    const log = open()
    for (let turn = 0; turn < 100; turn += 1) {
      for (let index = 0; index < 20; index += 1) log.append({ type: 'guard', text: 'x', severity: 6 })
      log.since(1, 1)
    }
    const lost = log.lost()
    log.close()
    const again = open()
    console.log(JSON.stringify({ lost, next: again.newest + 1, kept: again.since(0, 10000).at(-1).number }))`
  const { stdout, stderr } = spawnSync(
    'unshare',
    [
      '-m',
      'sh',
      '-c',
      'mount -t tmpfs -o size=64k tmpfs /mnt && exec "$@"',
      'sh',
      process.execPath,
      '--input-type=module-typescript',
      '-e',
      script,
    ],
    { encoding: 'utf8' },
  )
  expect(stderr.replace(/.*Warning.*\n.*\n?/g, '')).toBe('')
  const { lost, next, kept } = JSON.parse(stdout) as Record<'lost' | 'next' | 'kept', number>
  expect(lost).toBeGreaterThan(100)
  expect(next).toBe(2_001)
  expect(kept).toBe(2_000 - lost)
})
