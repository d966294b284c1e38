import { describe, expect, test } from 'vitest'
import { memoryAuditFiles } from '../../test/fakes/audit-files.ts'
import type { AuditEntry } from '../model/ports/audit.ts'
import { entryIn } from './audit-chain.ts'
import { auditLog } from './audit-log.ts'
import { auditTrail } from './audit-trail.ts'
import { verifyAudit } from './audit-verify.ts'

const caller = { uid: 1_000, pid: 77 }
const entry: AuditEntry = { caller, action: 'stop', targets: ['web'], result: 'asked' }
const who = { userName: () => 'ann', commandOf: () => 'node stead.js' }

function openLog(files = memoryAuditFiles()) {
  let now = 0
  const clock = { wall: () => new Date('2026-01-01T00:00:00Z'), monotonic: () => now }
  const log = auditLog({ files, clock, who, self: { uid: 0, pid: 1 } })
  const lines = (): string[] => [...files.all.values()].join('').split('\n').slice(0, -1)
  return {
    files,
    log,
    lines,
    pass(milliseconds: number) {
      now += milliseconds
    },
    verify: (head = log.head) => verifyAudit(files, head),
  }
}

const PRESENT = 'audit.jsonl'

describe('the audit log:', () => {
  test('an entry says who, what, when and with which result, and holds the hash before it', () => {
    const { log, lines } = openLog()
    expect(log.append({ ...entry, detail: { rolling: true } })).toBe(1)
    expect(log.append({ ...entry, of: 1, result: 'failed', errors: ['VERB_TIMEOUT'] })).toBe(2)
    const [first, second] = lines().map(entryIn)
    expect(first).toMatchObject({
      number: 1,
      at: '2026-01-01T00:00:00.000Z',
      uid: 1_000,
      user: 'ann',
      pid: 77,
      command: 'node stead.js',
      action: 'stop',
      targets: ['web'],
      detail: { rolling: true },
      result: 'asked',
    })
    expect(second).toMatchObject({
      number: 2,
      of: 1,
      errors: ['VERB_TIMEOUT'],
      previous: first?.hash,
    })
  })

  test('what was written is found right, by the guard and without it', async () => {
    const { log, files, verify } = openLog()
    for (let index = 0; index < 20; index += 1) log.append(entry)
    const right = { files: 1, entries: 20, from: 1, to: 20, problems: [], torn: null }
    expect(await verify()).toEqual(right)
    expect(await verifyAudit(files, null)).toEqual(right)
  })

  test.each([
    [
      'changed',
      (all: string[]) => (all[4] = all[4]?.replace('web', 'wob') ?? ''),
      5,
      'it was changed',
    ],
    ['removed', (all: string[]) => all.splice(4, 2), 5, 'entries 5 to 6 are missing before it'],
    ['put in anew', (all: string[]) => all.splice(4, 0, all[4] ?? ''), 6, 'it is out of order'],
    [
      'exchanged',
      (all: string[]) => all.splice(4, 2, all[5] ?? '', all[4] ?? ''),
      5,
      'entry 5 is missing',
    ],
    [
      'removed at the beginning',
      (all: string[]) => all.splice(0, 3),
      1,
      'entries 1 to 3 are missing',
    ],
    [
      'removed at the end',
      (all: string[]) => all.splice(8, 2),
      9,
      'entries 9 to 10 are missing at the end',
    ],
    [
      'all removed',
      (all: string[]) => all.splice(0, 10),
      1,
      'entries 1 to 10 are missing at the end',
    ],
    ['no entry', (all: string[]) => (all[4] = '{"number":5}'), 5, 'it was changed'],
  ])('a line that was %s is found, by name', async (_, change, line, problem) => {
    const { log, files, lines } = openLog()
    for (let index = 0; index < 10; index += 1) log.append(entry)
    const all = lines()
    change(all)
    files.all.set(PRESENT, all.map((one) => `${one}\n`).join(''))
    for (const head of [log.head, null]) {
      const [first] = (await verifyAudit(files, head)).problems
      expect(first).toMatchObject({ file: PRESENT, line })
      expect(first?.problem).toContain(problem)
    }
  })

  test('a chain that was made anew from a line on is found by the guard that runs', async () => {
    const { log, files, verify } = openLog()
    const forged = openLog()
    for (let index = 0; index < 5; index += 1) {
      log.append(entry)
      forged.log.append({ ...entry, targets: ['db'] })
    }
    files.all.set(PRESENT, forged.files.all.get(PRESENT) ?? '')
    expect((await verify()).problems).toEqual([
      { file: PRESENT, line: 5, problem: 'it was changed: entry 5 was written with another hash' },
    ])
  })

  test('a last line that a kill tore is told from one that somebody cut', async () => {
    const { log, files } = openLog()
    log.append(entry)
    const whole = files.all.get(PRESENT) ?? ''
    const before = files.marked()
    log.append(entry)
    const both = files.all.get(PRESENT) ?? ''
    files.all.set(PRESENT, both.slice(0, whole.length + 50))
    expect((await verifyAudit(files, null)).problems).toMatchObject([
      { line: 2, problem: 'it was cut off: the line has no end' },
      { line: 3, problem: 'entry 2 is missing at the end' },
    ])
    files.mark(before)
    const report = await verifyAudit(files, null)
    expect(report).toMatchObject({ problems: [], torn: { file: PRESENT, line: 2 }, entries: 1 })
    const again = openLog(files)
    again.log.append(entry)
    expect(again.lines().map((line) => entryIn(line)?.action)).toEqual(['stop', 'mend', 'stop'])
    expect((await again.verify()).problems).toEqual([])
  })

  test('files are bounded, and the chain goes on over them', async () => {
    const { log, files, verify } = openLog()
    const long = { ...entry, targets: Array.from({ length: 50 }, () => 'x'.repeat(250)) }
    for (let index = 0; index < 1_500; index += 1) log.append(long)
    expect(files.all.size).toBe(8)
    const report = await verify()
    expect(report).toMatchObject({ files: 8, to: 1_500, problems: [], torn: null })
    expect(report.from).toBeGreaterThan(1)
    expect(report.from).toBe(log.head.first)
    const [oldest = ''] = files.names()
    files.all.delete(oldest)
    expect((await verify()).problems).toHaveLength(1)
  })

  test('files that are rotated while they are read are no tampering', async () => {
    const { log, files } = openLog()
    const long = { ...entry, targets: Array.from({ length: 50 }, () => 'x'.repeat(250)) }
    for (let index = 0; index < 300; index += 1) log.append(long)
    let reads = 0
    const reader = {
      ...files,
      marked: () => files.marked(),
      names: () => files.names(),
      async read(name: string) {
        reads += 1
        // In the middle of the first look everything moves on by one.
        if (reads === 2) for (let index = 0; index < 200; index += 1) log.append(long)
        return files.read(name)
      },
    }
    expect((await auditTrail(reader, () => log.head).verify()).problems).toEqual([])
    expect(reads).toBeGreaterThan(4)
  })

  test('a later guard goes on with the chain', async () => {
    const { log, files } = openLog()
    log.append(entry)
    const again = openLog(files)
    expect(again.log.append(entry)).toBe(2)
    expect((await again.verify()).problems).toEqual([])
  })

  test('what a full disk did not take is counted, and told of when there is room', async () => {
    const { log, files, lines, verify } = openLog()
    files.full = true
    expect(log.append(entry)).toBe(0)
    log.append(entry)
    files.full = false
    expect(log.append(entry)).toBe(2)
    expect(lines().map(entryIn)[0]).toMatchObject({ action: 'missed', detail: { entries: 2 } })
    expect((await verify()).problems).toEqual([])
  })

  test('refusals of one caller do not push out the rest', () => {
    const { log, lines, pass } = openLog()
    const refused: AuditEntry = { ...entry, result: 'refused', errors: ['RIGHTS'] }
    for (let index = 0; index < 1_000; index += 1) log.append(refused)
    log.append({ ...refused, caller: { uid: 1_001, pid: 5 } })
    expect(lines()).toHaveLength(21)
    pass(61_000)
    log.append(refused)
    expect(lines().map(entryIn).at(-1)).toMatchObject({ uid: 1_000, detail: { before: 980 } })
  })
})
