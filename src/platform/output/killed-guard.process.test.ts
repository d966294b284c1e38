import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { seededRandom } from '../../../test/fakes/seeded-random.ts'
import { rotatedNames } from '../../output/rotation-names.ts'

const guard = join(import.meta.dirname, '../../../test/fixtures/programs/output-guard.ts')
const KILLS = 4
const NUMBERS = 4_000_000

let folder: string
const children: ChildProcess[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stead-killed-'))
})
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

async function startGuard(format: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, [guard, folder, format], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  children.push(child)
  await once(child.stdout as NonNullable<typeof child.stdout>, 'data')
  return child
}

/** Which numbers are in the log, whatever else stands before them, and how often a line came twice. */
function numbersIn(format: string): { missing: number; twice: number } {
  const seen = new Uint8Array(NUMBERS + 1)
  let twice = 0
  let highest = 0
  let before = ''
  const rotated = rotatedNames('api.log', readdirSync(folder)).map(({ name }) => name)
  for (const name of [...rotated.reverse(), 'api.log']) {
    const text = readFileSync(join(folder, name), 'latin1')
    let piece = ''
    for (const line of text.split('\n')) {
      let number = line.slice(29)
      if (format === 'json') {
        // A line that came in two pieces, long apart, is told so.
        number = piece + (/"text":"(\d+)"/.exec(line)?.[1] ?? '')
        piece = line.includes('"partial":true') ? number : ''
        if (piece !== '') continue
      }
      if (!/^\d+$/.test(number)) continue
      // Where seq was held up in the middle of a line, its beginning was stored as it was. A guard
      // that comes after a kill stores the end as a line of its own.
      const joined = Number(before + number) === highest + 1 ? highest + 1 : Number(number)
      before = number
      if (seen[joined] === 1) twice += 1
      seen[joined] = 1
      highest = Math.max(highest, joined)
    }
  }
  let missing = 0
  for (let number = 1; number <= NUMBERS; number += 1) if (seen[number] === 0) missing += 1
  return { missing, twice }
}

const onLinux = test.skipIf(process.platform !== 'linux')

onLinux(
  'the end of a line whose beginning was stored before a kill is a line of its own',
  async () => {
    const log = join(folder, 'api.log')
    const texts = (): string[] => {
      const text = existsSync(log) ? readFileSync(log, 'latin1') : ''
      return text.split('\n').map((line) => line.slice(29))
    }
    const killed = await startGuard('stamped')
    const fifo = openSync(join(folder, 'run', 'api@1.out'), 'r+')
    writeSync(fifo, 'whole\nbegin')
    await expect.poll(texts).toEqual(['whole', 'begin'])
    killed.kill('SIGKILL')
    await once(killed, 'exit')
    writeSync(fifo, 'ning\nnext\n')
    const next = await startGuard('stamped')
    closeSync(fifo)
    next.stdin?.end()
    await once(next, 'exit')
    expect(texts()).toEqual(['whole', 'begin', 'ning', 'next', ''])
  },
)

onLinux.each(['raw', 'stamped', 'json'])(
  'T02 no line is lost when the guard is killed again and again while a program writes: %s',
  async (format) => {
    const random = seededRandom(format.length)
    let running = await startGuard(format)
    const fifo = openSync(join(folder, 'run', 'api@1.out'), 'r+')
    const limit = format === 'json' ? NUMBERS / 8 : NUMBERS
    const program = spawn('seq', ['1', String(limit)], { stdio: ['ignore', fifo, 'inherit'] })
    const ended = once(program, 'exit')
    children.push(program)
    closeSync(fifo)
    for (let kill = 0; kill < KILLS; kill += 1) {
      await new Promise((resolve) => setTimeout(resolve, random.below(15)))
      running.kill('SIGKILL')
      await once(running, 'exit')
      running = await startGuard(format)
    }
    expect((await ended)[0]).toBe(0)
    running.stdin?.end()
    await once(running, 'exit')
    expect(existsSync(join(folder, 'api.log'))).toBe(true)
    if (format === 'raw') {
      const names = rotatedNames('api.log', readdirSync(folder)).map(({ name }) => name)
      let next = 1
      let rest = ''
      for (const name of [...names.reverse(), 'api.log']) {
        const lines = (rest + readFileSync(join(folder, name), 'latin1')).split('\n')
        rest = lines.pop() as string
        for (const line of lines) if (line !== String(next++)) expect(line).toBe(String(next - 1))
      }
      expect([next - 1, rest]).toEqual([limit, ''])
    } else {
      const { missing, twice } = numbersIn(format)
      expect(missing).toBe(NUMBERS - limit)
      // A chunk may be stored twice for each kill, no more.
      expect(twice).toBeLessThan((KILLS * 256 * 1024) / 2)
    }
  },
  120_000,
)
