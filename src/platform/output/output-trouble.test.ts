import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { until } from '../../../test/contract/until.ts'
import type { OutputChannel, ProgramOutput } from '../../model/ports/program-output.ts'
import { type LogPolicy, PROGRAM_DEFAULTS } from '../../model/program-spec.ts'
import { systemClock } from '../clock.ts'
import { linuxPipes } from './pipes.ts'
import { programOutput } from './program-output.ts'

const GAP = /\(… (\d+) bytes(?: in \d+ lines)? dropped …\)/g

let folder: string
let output: ProgramOutput
const children: ChildProcess[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stead-trouble-'))
  const logs = join(folder, 'logs')
  output = programOutput({ run: join(folder, 'run'), logs, clock: systemClock() })
})
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  await output.close()
  rmSync(folder, { recursive: true, force: true })
})

function open(changes: Partial<LogPolicy>): OutputChannel {
  return output.open({ service: 'api', instance: 1 }, { ...PROGRAM_DEFAULTS.log, ...changes })
}

function start(channel: OutputChannel, file: string, ...args: string[]): ChildProcess {
  const fd = openSync((channel.stdout as { path: string }).path, 'r+')
  const child = spawn(file, args, { stdio: ['pipe', fd, fd] })
  closeSync(fd)
  children.push(child)
  return child
}

async function run(channel: OutputChannel, file: string, ...args: string[]): Promise<void> {
  await once(start(channel, file, ...args), 'exit')
  await channel.drained()
}

const dropped = (text: string): number =>
  [...text.matchAll(GAP)].reduce((sum, match) => sum + Number(match[1]), 0)

describe.each(['raw', 'stamped'] as const)('a %s log whose file is taken away', (format) => {
  const say = async (channel: OutputChannel, text: string): Promise<void> => {
    await systemClock().sleep(260)
    await run(channel, 'echo', text)
  }

  test('O06 deleted: it is made anew, with what went into the deleted one since', async () => {
    const channel = open({ format })
    const file = channel.file as string
    await run(channel, 'echo', 'one')
    rmSync(file)
    await run(channel, 'echo', 'two')
    await say(channel, 'three')
    expect(
      readFileSync(file, 'utf8')
        .split('\n')
        .map((line) => line.split(' ').at(-1)),
    ).toEqual(expect.arrayContaining(['two', 'three']))
  })

  test('O06 renamed: a new one is begun; its directory gone: it is made again', async () => {
    const channel = open({ format })
    const file = channel.file as string
    await run(channel, 'echo', 'one')
    renameSync(file, `${file}.moved`)
    await say(channel, 'two')
    expect(readFileSync(`${file}.moved`, 'utf8')).toMatch(/one\n$/)
    expect(readFileSync(file, 'utf8')).toMatch(/two\n$/)
    rmSync(join(folder, 'logs'), { recursive: true })
    await say(channel, 'three')
    expect(readFileSync(file, 'utf8')).toMatch(/three\n$/)
  })

  test('O06 emptied in place: it goes on at its beginning', async () => {
    const channel = open({ format })
    await run(channel, 'echo', 'one')
    writeFileSync(channel.file as string, '')
    await say(channel, 'two')
    expect(readFileSync(channel.file as string, 'utf8')).toMatch(/^(\S+ <6> )?two\n$/)
  })

  test('O06 it cannot be opened: what is lost is counted, and told when it can again', async () => {
    const file = join(folder, 'logs', 'api.log')
    mkdirSync(file, { recursive: true })
    const channel = open({ format })
    await run(channel, 'echo', 'lost')
    expect(await channel.counts()).toMatchObject({
      emitted: 5,
      dropped: 5,
      stored: 0,
      trouble: expect.stringContaining('EISDIR'),
    })
    rmSync(file, { recursive: true })
    await run(channel, 'echo', 'there')
    const text = readFileSync(file, 'utf8')
    expect(text).toMatch(/dropped …\)\n.*there\n$/s)
    expect(dropped(text)).toBe(5)
    expect(await channel.counts()).toMatchObject({ gaps: 1, trouble: null, stored: 6 })
  })

  test('O06 made read-only while it is open: it goes on', async () => {
    const channel = open({ format })
    await run(channel, 'echo', 'one')
    chmodSync(channel.file as string, 0o444)
    await say(channel, 'two')
    expect(readFileSync(channel.file as string, 'utf8')).toMatch(/two\n$/)
  })

  test('O06 the target is a pipe that nobody reads for a while: nothing is lost or rotated', async () => {
    const file = join(folder, 'target')
    linuxPipes().mkfifo(file, 0o600)
    const reader = openSync(file, 'r+')
    const channel = open({ format, file, rotate: { ...PROGRAM_DEFAULTS.log.rotate, size: 10 } })
    const child = start(channel, 'seq', '1', '100000')
    const ended = once(child, 'exit')
    await until('the program has to wait', async () => (await channel.counts()).pending > 60_000)
    const cat = spawn('cat', [file], { stdio: ['ignore', 'pipe', 'inherit'] })
    children.push(cat)
    let text = ''
    cat.stdout?.on('data', (bytes: Buffer) => {
      text += bytes.toString('latin1')
    })
    await ended
    await until('the last line came', () => /(^| )100000\n$/m.test(text.slice(-60)))
    closeSync(reader)
    expect(text.split('\n').length).toBe(100_001)
    expect(existsSync(`${file}.1`)).toBe(false)
  })
})

const asRoot = process.platform === 'linux' && process.getuid?.() === 0

describe.skipIf(!asRoot)('a full disk', () => {
  test.each(['raw', 'stamped', 'json'] as const)(
    'O07 the program goes on, the gap is counted and told, and logging resumes: %s',
    async (format) => {
      const disk = join(folder, 'disk')
      mkdirSync(disk)
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk])
      try {
        const ballast = join(disk, 'ballast')
        writeFileSync(ballast, Buffer.alloc(600 * 1024))
        const channel = open({
          format,
          file: join(disk, 'api.log'),
          rotate: { ...PROGRAM_DEFAULTS.log.rotate, size: null },
        })
        // It ends: nobody waits for room on the disk.
        await run(channel, 'seq', '1', '300000')
        const full = await channel.counts()
        expect(full.emitted).toBe(1_988_895)
        expect(full.stored + full.dropped).toBe(full.emitted)
        expect(full.dropped).toBeGreaterThan(1_000_000)
        // A last short piece may have found room: now there is none, and the piece is larger than a page.
        expect(() => writeFileSync(join(disk, 'rest'), Buffer.alloc(1024 * 1024))).toThrow(/ENOSPC/)
        const lines = join(folder, 'lines')
        writeFileSync(lines, `${'x'.repeat(1023)}\n`.repeat(32))
        await run(channel, 'dd', `if=${lines}`, 'bs=32768', 'count=1', 'status=none')
        expect(await channel.counts()).toMatchObject({
          dropped: expect.toSatisfy((bytes: number) => bytes > full.dropped),
          trouble: expect.stringContaining('ENOSPC'),
        })
        rmSync(ballast)
        await run(channel, 'echo', 'space again')
        const text = readFileSync(join(disk, 'api.log'), 'utf8')
        expect(text).toContain('space again')
        const counts = await channel.counts()
        expect([dropped(text), counts.trouble]).toEqual([counts.dropped, null])
        await channel.close({ remove: true })
      } finally {
        execFileSync('umount', ['-l', disk])
      }
    },
  )
})

describe('policy drop', () => {
  test('the program never waits; the oldest lines go, whole and counted', async () => {
    const file = join(folder, 'target')
    linuxPipes().mkfifo(file, 0o600)
    const reader = openSync(file, 'r+')
    const channel = open({ whenFull: 'drop', buffer: 64 * 1024, file })
    await once(start(channel, 'seq', '1', '200000'), 'exit')
    await until('it is dropped', async () => (await channel.counts()).pending < 70_000 * 2)
    const cat = spawn('cat', [file], { stdio: ['ignore', 'pipe', 'inherit'] })
    children.push(cat)
    let text = ''
    cat.stdout?.on('data', (bytes: Buffer) => {
      text += bytes.toString()
    })
    await until('the last line came', () => text.endsWith(' 200000\n'))
    // Who reads may be quicker than the answer to who wrote.
    await channel.drained()
    closeSync(reader)
    const lines = text.trimEnd().split('\n')
    for (const line of lines) expect(line).toMatch(/^\S+ <\d> (\d+|\(… .* dropped …\))$/)
    const counts = await channel.counts()
    expect(counts.emitted).toBe(1_288_895)
    expect([dropped(text), counts.pending]).toEqual([counts.dropped, 0])
    expect(counts.dropped).toBeGreaterThan(500_000)
  })
})

describe('rotated files', () => {
  const rotate = { size: 20_000, every: null, keep: 3, maxAge: null, compress: 'gzip' } as const

  test('are packed in the background, and no more are kept than wanted', async () => {
    const channel = open({ format: 'raw', rotate })
    await run(channel, 'seq', '1', '20000')
    const names = (): string[] => readdirSync(join(folder, 'logs')).sort()
    await until(
      'all are packed',
      () => names().join(' ') === 'api.log api.log.1.gz api.log.2.gz api.log.3.gz',
    )
    const parts = [3, 2, 1].map((n) =>
      gunzipSync(readFileSync(`${channel.file}.${n}.gz`)).toString(),
    )
    const text = parts.join('') + readFileSync(channel.file as string, 'utf8')
    const numbers = text.trimEnd().split('\n').map(Number)
    expect(numbers.at(-1)).toBe(20_000)
    numbers.forEach((number, index) => {
      expect(number).toBe(20_000 - numbers.length + 1 + index)
    })
  })

  test('that a killed guard left unpacked or half packed are packed by the next', async () => {
    const logs = join(folder, 'logs')
    mkdirSync(logs)
    writeFileSync(join(logs, 'api.log.1'), 'old\n')
    writeFileSync(join(logs, '.api.log.77.packing'), 'half')
    open({ format: 'raw', rotate })
    await until('it is packed', () => existsSync(join(logs, 'api.log.1.gz')))
    await until('nothing else is left', () =>
      readdirSync(logs).every((name) => ['api.log.1.gz', 'api.log'].includes(name)),
    )
    expect(gunzipSync(readFileSync(join(logs, 'api.log.1.gz'))).toString()).toBe('old\n')
  })

  test('are removed when they are too old, and a log of yesterday is rotated before today is written', async () => {
    const logs = join(folder, 'logs')
    mkdirSync(logs)
    const ago = (days: number): Date => new Date(Date.now() - days * 86_400_000)
    for (const [name, days] of [
      ['api.log', 1],
      ['api.log.1', 2],
      ['api.log.2', 9],
    ] as const) {
      writeFileSync(join(logs, name), `${days}\n`)
      utimesSync(join(logs, name), ago(days), ago(days))
    }
    const daily = {
      ...rotate,
      every: 86_400_000,
      maxAge: 5 * 86_400_000,
      compress: 'none',
    } as const
    const channel = open({ format: 'raw', rotate: daily })
    await run(channel, 'echo', 'today')
    const texts = readdirSync(logs)
      .sort()
      .map((name) => [name, readFileSync(join(logs, name), 'utf8')])
    expect(texts).toEqual([
      ['api.log', 'today\n'],
      ['api.log.1', '1\n'],
      ['api.log.2', '2\n'],
    ])
  })

  test('come and go by the time of day though the program is silent', async () => {
    const timed = { ...rotate, every: 1_000, compress: 'none' } as const
    const channel = open({ format: 'raw', rotate: timed })
    await run(channel, 'echo', 'its last words')
    const [file, rotated] = [channel.file as string, `${channel.file}.1`]
    // Between the two names there is a moment with neither file under the first.
    await until('it is rotated', () => existsSync(rotated) && existsSync(file))
    expect(readFileSync(rotated, 'utf8')).toBe('its last words\n')
    expect(readFileSync(file, 'utf8')).toBe('')
    // Only now may it go: whoever looks late would find it gone already.
    const { log } = PROGRAM_DEFAULTS
    channel.reconfigure({ ...log, format: 'raw', rotate: { ...timed, maxAge: 1_500 } })
    await until('it is too old', () => !existsSync(rotated))
  })

  test('are made when asked for', async () => {
    const channel = open({ format: 'stamped' })
    await run(channel, 'echo', 'one')
    await channel.rotate()
    await run(channel, 'echo', 'two')
    expect(readFileSync(`${channel.file}.1`, 'utf8')).toMatch(/one\n$/)
    expect(readFileSync(channel.file as string, 'utf8')).toMatch(/two\n$/)
  })
})

test('formats direct and off need nobody to move anything', async () => {
  const direct = open({ format: 'direct' })
  expect([direct.stdout.kind, direct.stderr.kind]).toEqual(['append', 'append'])
  const off = output.open({ service: 'b', instance: 2 }, { ...PROGRAM_DEFAULTS.log, format: 'off' })
  expect([off.stdout.kind, off.file]).toEqual(['null', null])
  mkdirSync(join(folder, 'logs'), { recursive: true })
  writeFileSync(direct.file as string, 'what the program wrote')
  await direct.clear()
  await off.clear()
  expect(readFileSync(direct.file as string, 'utf8')).toBe('')
  expect(await off.counts()).toMatchObject({ emitted: 0, trouble: null })
  const second = output.open({ service: 'c', instance: 2 }, PROGRAM_DEFAULTS.log)
  expect(second.file).toBe(join(folder, 'logs', 'c@2.log'))
})
