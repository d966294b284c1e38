/** The output of programs on the pipes of this Windows, on its way to their logs. */
import assert from 'node:assert/strict'
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
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { OutputChannel } from '../../../src/model/ports/program-output.ts'
import { type LogPolicy, PROGRAM_DEFAULTS } from '../../../src/model/program-spec.ts'
import { systemClock } from '../../../src/platform/clock.ts'
import { logFiles } from '../../../src/platform/log-files.ts'
import { programOutput } from '../../../src/platform/output/program-output.ts'
import { codePage, upperHalf } from '../../../src/platform/win32/code-pages.ts'
import { after, describe, test } from '../../contract/harness.ts'
import { until } from '../../contract/until.ts'

const folder = mkdtempSync(join(tmpdir(), 'stead output '))
const clock = systemClock()
const output = programOutput({ run: join(folder, 'run'), logs: folder, clock })
const living = new Set<ChildProcess>()
let number = 0

after(async () => {
  for (const child of living) child.kill()
  await output.close()
  rmSync(folder, { recursive: true, force: true, maxRetries: 10 })
})

function open(changes: Partial<LogPolicy> = {}): OutputChannel & { readonly file: string } {
  number += 1
  const policy = { ...PROGRAM_DEFAULTS.log, ...changes }
  const channel = output.open({ service: `p${number}`, instance: 1 }, policy)
  channel.incarnation(1)
  return channel as OutputChannel & { readonly file: string }
}

/** Starts JavaScript on the pipes of a channel, as a guard does. */
function start(channel: OutputChannel, script: string, ...args: string[]): ChildProcess {
  const [out, err] = [channel.stdout, channel.stderr].map((descriptor) => {
    if (descriptor.kind !== 'fd') throw new Error('not a pipe')
    return descriptor.fd
  })
  const child = spawn(process.execPath, ['-e', script, '--', ...args], {
    stdio: ['ignore', out, err],
  })
  living.add(child)
  child.once('exit', () => living.delete(child))
  return child
}

async function run(channel: OutputChannel, script: string): Promise<void> {
  const [code] = (await once(start(channel, script), 'exit')) as [number]
  assert.equal(code, 0)
  await channel.drained()
}

const text = ({ file }: OutputChannel): string =>
  file !== null && existsSync(file) ? readFileSync(file, 'utf8') : ''

describe('output of programs', () => {
  test('raw, stamped and as JSON is in the log with which stream it came on', {}, async () => {
    const hello = `process.stdout.write('one\\r\\ntwo\\n'); process.stderr.write('bad\\n')`
    const raw = open({ format: 'raw' })
    await run(raw, hello)
    assert.deepEqual(
      text(raw)
        .split(/(?<=\n)/)
        .sort(),
      ['bad\n', 'one\r\n', 'two\n'],
    )
    const stamped = open({ format: 'stamped' })
    await run(stamped, hello)
    assert.match(text(stamped), /^\d{4}-\S+Z <6> one$/m)
    assert.match(text(stamped), /^\d{4}-\S+Z <6> bad$/m)
    const json = open({ format: 'json' })
    await run(json, hello)
    const lines = text(json)
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as object)
    assert.equal(lines.length, 3)
  })

  test('O05 output in GBK, UTF-16 and the code page of the console is UTF-8 in the log', {}, async () => {
    const bytes = (...numbers: number[]): string =>
      `process.stdout.write(Buffer.from(${JSON.stringify(numbers)}))`
    const gbk = open({ format: 'raw', encoding: 'gbk' })
    await run(gbk, bytes(0xd6, 0xd0, 0xce, 0xc4, 0x0a))
    assert.equal(text(gbk), '中文\n')
    const wide = open({ format: 'stamped', encoding: 'utf-16le' })
    await run(wide, bytes(0xff, 0xfe, 0x2d, 0x4e, 0x0d, 0, 0x0a, 0, 0x41, 0, 0x0a, 0))
    assert.match(text(wide), /<6> 中\r?\n.*<6> A\n$/)
    const oem = open({ format: 'raw', encoding: 'oem' })
    await run(oem, bytes(0x41, 0x82, 0x0a))
    assert.equal(codePage('oem'), 437)
    assert.equal(text(oem), 'Aé\n')
    assert.equal(upperHalf(1252)[0xe9 - 128], 'é')
  })

  test('O01 a program that closes stdout and lives on costs nothing', {}, async () => {
    const channel = open()
    const child = start(
      channel,
      `
      process.stdout.write('last\\n', () => { require('fs').closeSync(1); setInterval(() => {}, 1000) })`,
    )
    await until('its last line', async () => {
      await channel.drained()
      return text(channel).includes('last')
    })
    const { emitted, stored } = await channel.counts()
    assert.deepEqual([emitted, stored], [5, 5])
    child.kill()
    await once(child, 'exit')
  })

  test('O02 what a grandchild prints after the end of its parent is in the log', {}, async () => {
    const channel = open()
    const go = join(folder, 'go')
    const late = `
      const look = () => require('fs').existsSync(process.argv[1])
        ? process.stdout.write('grandchild\\n') : setTimeout(look, 20)
      look()`
    await run(
      channel,
      `
      require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(late)}, '--', ${JSON.stringify(go)}],
        { stdio: ['ignore', 'inherit', 'inherit'], detached: true }).unref()
      process.stdout.write('parent\\n')`,
    )
    assert.match(text(channel), /parent/)
    assert.doesNotMatch(text(channel), /grandchild/)
    writeFileSync(go, '')
    await until('the line of the grandchild', async () => {
      await channel.drained()
      return text(channel).includes('grandchild')
    })
  })

  test('O03 the last bytes before a crash are all there, the line that was not ended too', {}, async () => {
    const channel = open()
    const child = start(
      channel,
      `
      require('fs').writeSync(2, 'x'.repeat(70000) + '\\nthe end'); process.kill(process.pid, 'SIGKILL')`,
    )
    await once(child, 'exit')
    await channel.drained()
    assert.match(text(channel), /x{70000}$/m)
    assert.match(text(channel), /the end\n?$/)
  })

  test('O04 O10 100 MB without a line break are stored, in bounded memory', {}, async () => {
    const channel = open({ format: 'raw', rotate: { ...PROGRAM_DEFAULTS.log.rotate, size: null } })
    const before = process.memoryUsage.rss()
    const begun = performance.now()
    await run(
      channel,
      `
      const piece = Buffer.alloc(1024 * 1024, 120)
      for (let count = 0; count < 100; count += 1)
        for (let at = 0; at < piece.length; ) at += require('fs').writeSync(1, piece, at)`,
    )
    const took = performance.now() - begun
    const { emitted, stored, dropped, pending } = await channel.counts()
    assert.deepEqual([emitted, stored, dropped, pending], [104_857_600, 104_857_600, 0, 0])
    assert.equal(readFileSync(channel.file).length, 104_857_600)
    const grown = (process.memoryUsage.rss() - before) / 2 ** 20
    assert.ok(grown < 140, `memory grew by ${grown.toFixed(0)} MB`)
    console.log(`100 MB in ${took.toFixed(0)} ms`)
  })

  test('O05 a code point that comes in two writes is whole, and NUL and CR are kept', {}, async () => {
    const channel = open({ format: 'stamped' })
    await run(
      channel,
      `
      const bytes = Buffer.from('gr\\u00fc\\u00df \\u4f60\\u597d \\0 a\\rb\\n')
      const fs = require('fs')
      for (const byte of bytes) fs.writeSync(1, Buffer.from([byte]))`,
    )
    assert.match(text(channel), /grüß 你好/)
  })

  test('O06 files are rotated at the end of a line, while somebody reads them', {}, async () => {
    const channel = open({
      format: 'raw',
      rotate: { ...PROGRAM_DEFAULTS.log.rotate, size: 10_000, keep: 100 },
    })
    await run(channel, `process.stdout.write('line before\\n')`)
    const reader = openSync(channel.file, 'r')
    await run(
      channel,
      `for (let n = 0; n < 5000; n += 1) process.stdout.write('line ' + n + '\\n')`,
    )
    closeSync(reader)
    const name = channel.file.slice(folder.length + 1)
    const files = readdirSync(folder).filter((one) => one.startsWith(name))
    assert.ok(files.length > 3, files.join())
    const lines: string[] = []
    for (const file of files) {
      const content = readFileSync(join(folder, file), 'utf8')
      assert.ok(content.length <= 10_000 && content.endsWith('\n'), `${file}: ${content.length}`)
      lines.push(...content.trim().split('\n'))
    }
    assert.equal(new Set(lines).size, 5001)
  })

  test('a log that is followed loses no line by rotation', {}, async () => {
    const channel = open({
      format: 'raw',
      rotate: { ...PROGRAM_DEFAULTS.log.rotate, size: 20_000, keep: 100 },
    })
    await run(channel, `process.stdout.write('0\\n')`)
    const stop = new AbortController()
    const seen: string[] = []
    const following = (async () => {
      const options = { last: null, follow: true, signal: stop.signal }
      for await (const line of logFiles(clock).tail(channel.file, options)) {
        seen.push(line)
        if (line === '5000') stop.abort()
      }
    })()
    await run(channel, `for (let n = 1; n <= 5000; n += 1) process.stdout.write(n + '\\n')`)
    await following
    assert.deepEqual(
      seen,
      Array.from({ length: 5001 }, (_, n) => String(n)),
    )
  })

  test('direct is written by the program itself, and off by nobody', {}, async () => {
    const direct = open({ format: 'direct' })
    assert.equal(direct.stdout.kind, 'append')
    assert.equal(open({ format: 'off' }).stdout.kind, 'null')
  })

  test('a policy changes in place, and the next life tells its number', {}, async () => {
    const channel = open({ format: 'stamped' })
    await run(channel, `process.stdout.write('before\\n')`)
    channel.reconfigure({ ...PROGRAM_DEFAULTS.log, format: 'json' })
    channel.incarnation(2)
    await run(channel, `process.stdout.write('after\\n')`)
    const [first, second] = text(channel).trim().split('\n')
    assert.match(first ?? '', /<6> before$/)
    assert.equal((JSON.parse(second ?? '') as { incarnation: number }).incarnation, 2)
  })
})
