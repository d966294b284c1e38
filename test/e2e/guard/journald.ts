/** A real systemd-journald, beside whatever init the machine has: its /run is a directory of the test. */
import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { until } from '../../contract/until.ts'

const PROGRAM = '/lib/systemd/systemd-journald'

/** A mount namespace needs root (unshare(2)). */
export const hasJournald = process.getuid?.() === 0 && existsSync(PROGRAM)

/** Fields as text; what is not UTF-8 as an array of bytes. */
export type Entry = Readonly<Record<string, string | readonly number[]>>

export interface Journald {
  readonly socket: string
  entries(...matches: string[]): readonly Entry[]
}

export async function journald(): Promise<Journald> {
  const directory = mkdtempSync(join(tmpdir(), 'jd-'))
  for (const path of ['systemd/journal', 'log/journal'])
    mkdirSync(join(directory, path), { recursive: true })
  const script = `mount --bind ${directory} /run && exec ${PROGRAM}`
  const child = spawn('/usr/bin/unshare', ['-m', '/bin/sh', '-c', script], { stdio: 'ignore' })
  const ended = new Promise((resolve) => child.once('exit', resolve))
  onTestFinished(async () => {
    child.kill('SIGTERM')
    await ended
    rmSync(directory, { recursive: true, force: true })
  })
  const socket = join(directory, 'systemd/journal/socket')
  await until('journald has its socket', () => existsSync(socket))
  const journal = join(directory, 'log/journal')
  return {
    socket,
    entries(...matches) {
      const [machine] = readdirSync(journal)
      if (machine === undefined) return []
      const args = ['-D', join(journal, machine), '-o', 'json', '--all', '--no-pager', ...matches]
      return execFileSync('/usr/bin/journalctl', args, { encoding: 'utf8', maxBuffer: 2 ** 28 })
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Entry)
    },
  }
}
