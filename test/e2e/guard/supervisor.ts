/** A real supervisord beside a guard, and Debian's supervisorctl for both. */
import { spawnSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { until } from '../../contract/until.ts'
import { startProcess } from './guard-process.ts'
import type { Room } from './room.ts'
import { type Answer, PROGRAMS, PYTHON, run } from './stead.ts'

export const hasSupervisor = existsSync('/usr/bin/supervisord')

/** Starts supervisord with the sections of programs, and gives the path of its socket. */
export async function supervisord(room: Room, programs: string): Promise<string> {
  const file = join(room.directory, 'sv.conf')
  const socket = join(room.directory, 'sv.sock')
  writeFileSync(
    file,
    `[unix_http_server]
file=${socket}
[supervisord]
logfile=${room.directory}/sv.log
pidfile=${room.directory}/sv.pid
childlogdir=${room.directory}
nodaemon=true
[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
${programs}`,
  )
  const daemon = startProcess(['/usr/bin/supervisord', '-c', file], { cwd: room.directory })
  onTestFinished(async () => {
    // It ends its programs itself, and is killed where it does not.
    daemon.signal('SIGTERM')
    await Promise.race([
      daemon.ended,
      until('supervisord has ended', () => false, 45_000).catch(() => {}),
    ])
    daemon.signal('SIGKILL')
  })
  await until('supervisord answers', () => existsSync(socket))
  return socket
}

/** One command, as a process. */
export function ctl(room: Room, socket: string, ...words: string[]): Promise<Answer> {
  const file = '/usr/bin/supervisorctl'
  return run([file, '-s', `unix://${socket}`, ...words], { cwd: room.directory })
}

/** Many commands, one after the other, without the start of an interpreter for each. */
export async function many(
  room: Room,
  socket: string,
  commands: readonly string[],
): Promise<readonly { readonly code: number; readonly text: string }[]> {
  const input = JSON.stringify({
    url: `unix://${socket}`,
    commands: commands.map((command) => command.split(' ')),
  })
  const { stdout, stderr, code } = await run([PYTHON, `${PROGRAMS}/many-supervisorctl.py`], {
    cwd: room.directory,
    input,
  })
  if (code !== 0) throw new Error(`supervisorctl: ${code} ${stderr}`)
  return JSON.parse(stdout)
}

/** Without what differs from one run to the next: pids, times, and the order in which things ended. */
export function plain(text: string): string[] {
  return text
    .replace(/pid \d+/g, 'pid N')
    .replace(/uptime [\d:]+/g, 'uptime T')
    .replace(/[A-Z][a-z]{2} \d\d \d\d:\d\d [AP]M/g, 'DATE')
    .replace(/^[1-9]\d*$/gm, 'N')
    .split('\n')
    .sort()
}

export function pythonRuns(script: string, ...args: string[]): string {
  const { stdout, stderr, status } = spawnSync(PYTHON, ['-c', script, ...args], {
    encoding: 'utf8',
    timeout: 120_000,
  })
  if (status !== 0) throw new Error(stderr)
  return stdout
}
