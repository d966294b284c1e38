import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { verifyAudit } from '../../../src/control/audit-verify.ts'
import { auditReader } from '../../../src/platform/control/audit-files.ts'
import { until } from '../until.ts'

const ROUNDS = 15
const source = (path: string): string =>
  JSON.stringify(new URL(`../../../src/${path}`, import.meta.url).href)

/** Writes entries as fast as it can until it is killed. */
const WRITER = `
  const { auditLog } = await import(${source('control/audit-log.ts')})
  const { auditFiles } = await import(${source('platform/control/audit-files.ts')})
  const caller = { uid: 0, pid: process.pid }
  const log = auditLog({
    files: auditFiles(process.argv[1]),
    clock: { wall: () => new Date(), monotonic: () => performance.now() },
    who: { userName: () => null, commandOf: () => null },
    self: caller,
  })
  const targets = Array.from({ length: 50 }, (_, index) => 'service-' + index)
  for (;;) log.append({ caller, action: 'restart', targets, result: 'asked' })
`

test('a writer that is killed at any moment leaves a log that is whole, and the next goes on', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'stead-audit-'))
  const path = join(directory, 'audit.jsonl')
  let writer: ChildProcess | null = null
  onTestFinished(() => {
    writer?.kill('SIGKILL')
    rmSync(directory, { recursive: true, force: true })
  })
  let last = 0
  for (let round = 0; round < ROUNDS; round += 1) {
    const before = sizeOf(path)
    const args = ['--input-type=module', '-e', WRITER, path]
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] })
    writer = child
    const ended = new Promise((resolve) => child.once('close', resolve))
    // Files are rotated meanwhile: another size is as good as a larger one.
    await until('it has written', () => Math.abs(sizeOf(path) - before) > 50_000 + round * 7_000)
    child.kill('SIGKILL')
    await ended
    const report = await verifyAudit(auditReader(path), null)
    expect(report.problems).toEqual([])
    expect(report.to).toBeGreaterThan(last)
    last = report.to
  }
})

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}
