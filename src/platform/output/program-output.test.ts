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
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { until } from '../../../test/contract/until.ts'
import type { OutputChannel, ProgramOutput } from '../../model/ports/program-output.ts'
import { type LogPolicy, PROGRAM_DEFAULTS } from '../../model/program-spec.ts'
import { systemClock } from '../clock.ts'
import { programOutput } from './program-output.ts'

const STAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z <([0-7])> /gm

let folder: string
let output: ProgramOutput
const children: ChildProcess[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stead-output-'))
})
afterEach(async () => {
  for (const child of children.splice(0)) if (child.exitCode === null) child.kill('SIGKILL')
  await output.close()
  rmSync(folder, { recursive: true, force: true })
})

function begin(thread: boolean): void {
  output = programOutput({ run: join(folder, 'run'), logs: folder, clock: systemClock(), thread })
}

function policyOf(changes: Partial<LogPolicy>): LogPolicy {
  return { ...PROGRAM_DEFAULTS.log, ...changes }
}

/** Starts a program on the FIFOs, as the guard does. */
function start(channel: OutputChannel, file: string, args: readonly string[]): ChildProcess {
  const fds = [channel.stdout, channel.stderr].map((descriptor) => {
    if (descriptor.kind !== 'fifo') throw new Error('not a FIFO')
    return openSync(descriptor.path, 'r+')
  })
  const child = spawn(file, args, { stdio: ['ignore', fds[0], fds[1]] })
  for (const fd of fds) closeSync(fd)
  children.push(child)
  return child
}

async function run(channel: OutputChannel, file: string, ...args: string[]): Promise<void> {
  const child = start(channel, file, args)
  await once(child, 'exit')
  await channel.drained()
}

/** The whole log, rotated files first. */
function logOf(channel: OutputChannel): string {
  const path = channel.file as string
  const name = path.slice(folder.length + 1)
  const numbers = readdirSync(folder)
    .map((file) => /^\.(\d+)$/.exec(file.slice(name.length)))
    .flatMap((match) => (match === null ? [] : [Number(match[1])]))
    .sort((a, b) => b - a)
  return [...numbers.map((number) => `${path}.${number}`), path]
    .map((file) => (existsSync(file) ? readFileSync(file, 'utf8') : ''))
    .join('')
}

const unstamped = (text: string): string => text.replace(STAMP, '')
const keepAll = {
  size: 64 * 1024,
  every: null,
  keep: 9_999,
  maxAge: null,
  compress: 'none',
} as const

describe.each([
  ['by the thread', true, 'block'],
  ['in the main thread', false, 'block'],
  ['in the main thread, dropping', true, 'drop'],
] as const)('output moved %s', (_, thread, whenFull) => {
  beforeEach(() => begin(thread))

  const open = (changes: Partial<LogPolicy> = {}): OutputChannel =>
    output.open({ service: 'api', instance: 1 }, policyOf({ whenFull, ...changes }))

  test('lines of both streams are stamped, with the severity of their stream or their own', async () => {
    const channel = open({ severity: { stdout: 6, stderr: 3 } })
    await run(channel, 'sh', '-c', 'echo one; echo two >&2; echo "<4>three"')
    const log = logOf(channel)
    expect(unstamped(log).split('\n').sort()).toEqual(['', 'one', 'three', 'two'])
    expect([...log.matchAll(STAMP)].map((match) => match[1]).sort()).toEqual(['3', '4', '6'])
    expect(await channel.counts()).toMatchObject({ emitted: 17, stored: 17, pending: 0, lines: 3 })
  })

  test('raw keeps the order of both streams, and every byte', async () => {
    const channel = open({ format: 'raw' })
    await run(channel, 'sh', '-c', 'for i in 1 2 3 4 5; do echo o$i; printf "e$i\\0" >&2; done')
    expect(logOf(channel)).toBe([1, 2, 3, 4, 5].map((i) => `o${i}\ne${i}\0`).join(''))
  })

  test.each(['stamped', 'raw', 'json'] as const)(
    'O05 output in GBK is UTF-8 in a log of format %s, however its bytes come',
    async (format) => {
      const channel = open({ format, encoding: 'gbk' })
      // "中文" and a line break, with time for half a character to arrive alone.
      await run(
        channel,
        'sh',
        '-c',
        `printf '\\326'; sleep 0.3; printf '\\320\\316\\304\\n\\377ok\\n'`,
      )
      const log = logOf(channel)
      const lines = log.trimEnd().split('\n')
      const texts =
        format === 'json' ? lines.map((line) => (JSON.parse(line) as { text: string }).text) : lines
      expect(texts.map(unstamped)).toEqual(['中文', '\uFFFDok'])
      expect(await channel.counts()).toMatchObject({ emitted: 9, stored: 9, pending: 0, lines: 2 })
    },
  )

  test('O05 a readiness check sees what the program says, and not its bytes', async () => {
    const channel = open({ format: 'raw', encoding: 'shift_jis' })
    const seen = new Promise<string>((resolve) => channel.watchFor(/準備完了/, resolve))
    // "準備完了" in Shift_JIS.
    await run(channel, 'sh', '-c', `printf '\\217\\200\\224\\365\\212\\256\\227\\271\\n'`)
    expect(await seen).toContain('準備完了')
  })

  test('O01 the child closes stdout and lives on: nothing spins', async () => {
    const channel = open()
    const child = start(channel, 'sh', ['-c', 'echo last; exec >&- 2>&-; exec sleep 60'])
    await until('the line is there', () => logOf(channel).includes('last'))
    const before = process.cpuUsage()
    await systemClock().sleep(300)
    const { user, system } = process.cpuUsage(before)
    expect((user + system) / 1000).toBeLessThan(150)
    child.kill('SIGKILL')
    await run(channel, 'echo', 'again')
    expect(unstamped(logOf(channel))).toBe('last\nagain\n')
  })

  test('O02 a grandchild holds the stream after the leader: its words are stored too', async () => {
    const channel = open()
    const flag = join(folder, 'go')
    const waits = `(while [ ! -e ${flag} ]; do sleep 0.02; done; echo from the grandchild) &`
    await run(channel, 'sh', '-c', `${waits} echo from the leader`)
    expect(unstamped(logOf(channel))).toBe('from the leader\n')
    writeFileSync(flag, '')
    await until('the grandchild is heard', () => logOf(channel).includes('grandchild'))
  })

  test('O03 the last bytes before a crash are in the log, also without a line break', async () => {
    const channel = open()
    channel.incarnation(1)
    await run(channel, 'sh', '-c', 'echo working; printf "about to fa"; kill -SEGV $$')
    expect(unstamped(logOf(channel))).toBe('working\nabout to fa')
    channel.incarnation(2)
    await channel.counts()
    await run(channel, 'echo', 'next life')
    expect(unstamped(logOf(channel))).toBe('working\nabout to fa\nnext life\n')
  })

  test('O04 a line without end is stored whole, in bounded memory', async () => {
    const rotate = { ...keepAll, size: null }
    const size = whenFull === 'drop' ? 1_000_000 : 30_000_000
    const channel = open({ rotate, buffer: 8 * 1024 * 1024 })
    await run(channel, 'sh', '-c', `head -c ${size} /dev/zero | tr '\\0' x; echo`)
    const log = unstamped(logOf(channel))
    expect([log.length, log.replaceAll('x', '')]).toEqual([size + 1, '\n'])
    expect(process.memoryUsage.rss()).toBeLessThan(600 * 1024 * 1024)
  })

  test('O06 files are rotated at the end of a line, never over their size', async () => {
    for (const format of ['raw', 'stamped'] as const) {
      const channel = output.open(
        { service: format, instance: 1 },
        policyOf({ whenFull, format, rotate: keepAll, buffer: 16 * 1024 * 1024 }),
      )
      await run(channel, 'seq', '1', '100000')
      const numbers = Array.from({ length: 100_000 }, (_, index) => `${index + 1}\n`).join('')
      expect(unstamped(logOf(channel)) === numbers).toBe(true)
      const rotated = readdirSync(folder).filter((name) => name.startsWith(`${format}.log.`))
      expect(rotated.length).toBeGreaterThan(5)
      for (const name of rotated) {
        const text = readFileSync(join(folder, name))
        // A raw line whose beginning is in the file already is still ended there.
        const most = keepAll.size + (format === 'raw' ? '100000'.length : 0)
        expect(text.length).toBeLessThanOrEqual(most)
        expect(text.at(-1)).toBe(0x0a)
      }
      expect(await channel.counts()).toMatchObject({ rotations: rotated.length })
    }
  })

  test('O09 the child opens /dev/stdout and /dev/stderr', async () => {
    const channel = open()
    await run(
      channel,
      'sh',
      '-c',
      'echo a > /dev/stdout; echo b > /dev/stderr; echo c >> /dev/fd/1',
    )
    expect(unstamped(logOf(channel)).split('\n').sort()).toEqual(['', 'a', 'b', 'c'])
  })

  test('O10 emitted is stored plus dropped plus pending', async () => {
    const channel = open({ rotate: { ...keepAll, size: null }, buffer: 64 * 1024 })
    await run(channel, 'seq', '1', '200000')
    const counts = await channel.counts()
    expect(counts.emitted).toBe(1_288_895)
    expect(counts.stored + counts.dropped + counts.pending).toBe(counts.emitted)
    const told = [...logOf(channel).matchAll(/\(… (\d+) bytes in \d+ lines dropped …\)/g)]
    const marked = told.reduce((sum, match) => sum + Number(match[1]), 0)
    expect([marked, told.length]).toEqual([counts.dropped, counts.gaps])
  })

  test.each(['raw', 'stamped', 'json'] as const)(
    'a log in format %s that is cleared goes on from its beginning, with what comes after',
    async (format) => {
      begin(thread)
      const channel = output.open({ service: 'api', instance: 1 }, policyOf({ format }))
      const child = start(channel, 'sh', ['-c', 'echo before; read line; echo after'])
      await until('the first line is there', () => logOf(channel).includes('before'))
      await channel.clear()
      expect(logOf(channel)).toBe('')
      child.kill('SIGKILL')
      await run(channel, 'echo', 'after')
      expect(logOf(channel)).toMatch(/^[^\0]*after/)
      expect(logOf(channel)).not.toContain('before')
    },
  )

  test('a line is found while it is stored, by the first who waits for it', async () => {
    for (const format of ['raw', 'stamped', 'json'] as const) {
      const channel = output.open({ service: format, instance: 1 }, policyOf({ whenFull, format }))
      const found = new Promise<string>((resolve) => channel.watchFor(/port (\d+)/, resolve))
      const cancel = channel.watchFor(/./, () => expect.unreachable())
      cancel()
      await run(channel, 'sh', '-c', 'echo starting; echo "<5>listening on port 80"; echo port 81')
      expect(await found).toBe('listening on port 80')
      expect(logOf(channel)).toContain('port 81')
    }
  })

  test('a policy is changed in place, without losing a line', async () => {
    const channel = open()
    const script = 'while read x; do echo $x; done'
    const child = spawn('sh', ['-c', script], {
      stdio: ['pipe', openSync((channel.stdout as { path: string }).path, 'r+'), 'ignore'],
    })
    children.push(child)
    for (const format of ['stamped', 'raw', 'json', 'stamped'] as const) {
      channel.reconfigure(policyOf({ format, whenFull }))
      // What is being written comes before it; what is drained comes after.
      await channel.drained()
      child.stdin?.write(`as ${format}\n`)
      await until(`${format} is there`, async () => logOf(channel).includes(`as ${format}`))
    }
    channel.reconfigure(policyOf({ whenFull: whenFull === 'drop' ? 'block' : 'drop' }))
    child.stdin?.write('other way\n')
    await until('the other way is there', () => logOf(channel).includes('other way'))
    expect(JSON.parse(logOf(channel).split('\n')[2] as string)).toMatchObject({ text: 'as json' })
  })
})

test.skipIf(process.platform !== 'linux')(
  'T02 a line that says ready is heard though its life began before the thread did, after another one',
  async () => {
    begin(true)
    const source = { service: 'api', instance: 1 }
    const { stdout } = output.open(source, policyOf({}))
    if (stdout.kind !== 'fifo') throw new Error('not a FIFO')
    const fd = openSync(stdout.path, 'r+')
    try {
      await output.close()
      begin(true)
      const channel = output.open(source, policyOf({}))
      const forget = channel.watchFor(/ready/, () => expect.unreachable())
      channel.incarnation(1)
      forget()
      const heard = new Promise<string>((resolve) => channel.watchFor(/ready/, resolve))
      channel.incarnation(2)
      writeSync(fd, 'ready now\n')
      expect(await heard).toBe('ready now')
    } finally {
      closeSync(fd)
    }
  },
)
