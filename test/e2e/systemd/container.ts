import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { endProcess, PrivateCgroup } from './cgroup.ts'

/** Where the checkout is found inside a container, wherever it lies outside. */
export const CHECKOUT = '/opt/stead'

/** What the host starts at boot and no test needs: it would only make the boot slower. */
const NOT_NEEDED = /^(machines\.target|remote-fs\.target|.*\.timer|.*\.service)$/

export interface Container {
  /** Its root directory, seen from outside; stays readable after the container has ended, until `close`. */
  readonly root: string
  /** Of its first process, seen from outside. */
  readonly pid: number
  /** What systemctl is-system-running(1) said when the last boot had ended. */
  readonly state: string
  /** A command line that runs `command` inside, as a transient unit of the container's systemd. */
  inside(command: readonly string[], settings?: readonly string[]): [string, string[]]
  /** Runs a command inside and gives its output; throws where it fails. */
  run(command: readonly string[], settings?: readonly string[]): string
  /** An orderly shutdown, and a new boot over the same files. */
  reboot(): Promise<void>
  /** Ends it if need be and leaves nothing: no process, no mount, no directory. */
  close(): Promise<void>
}

/**
 * Boots the systemd of this machine in a container over a copy-on-write view of its root, and of
 * the checkout. Needs root and systemd-nspawn. Nothing that happens inside touches the machine.
 */
export async function bootContainer(checkout: string): Promise<Container> {
  const name = `stead-e2e-${process.pid}-${randomBytes(3).toString('hex')}`
  const directory = mkdtempSync(join(tmpdir(), `${name}-`))
  const undo: (() => void)[] = [() => rmdirSync(directory)]
  const release = (): void => {
    for (const step of undo.splice(0).reverse()) {
      try {
        step()
      } catch (error) {
        console.error(`teardown of ${name}: ${String(error)}`)
      }
    }
  }
  // Also on an uncaught error and on a signal that run.ts turns into an exit.
  process.once('exit', release)
  try {
    const mount = (...args: string[]): void => {
      execFileSync('mount', args)
      undo.push(() => void execFileSync('umount', ['--lazy', args.at(-1) as string]))
    }
    mount('-t', 'tmpfs', '-o', 'mode=755', name, directory)
    const root = overlay(directory, 'root', '/', mount)
    const source = overlay(directory, 'checkout', checkout, mount)
    prepare(root)

    const cgroups: PrivateCgroup[] = []
    let life = await startLife(name, root, source, undo, cgroups)
    const inside: Container['inside'] = (command, settings = []) =>
      insideOf(life.pid, command, settings)
    return {
      root,
      get pid() {
        return life.pid
      },
      get state() {
        return life.state
      },
      inside,
      run(command, settings) {
        const [file, args] = inside(command, settings)
        return execFileSync(file, args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })
      },
      async reboot() {
        spawnSync('nsenter', ['-t', String(life.pid), '-a', 'systemctl', 'poweroff'])
        await Promise.race([life.ended, deadline(180_000, 'the container did not power off')])
        life = await startLife(name, root, source, undo, cgroups)
      },
      async close() {
        process.off('exit', release)
        release()
        await life.ended
        // Only now that its first process is reaped.
        for (const cgroup of cgroups) cgroup.remove()
      },
    }
  } catch (error) {
    process.off('exit', release)
    release()
    throw error
  }
}

/** From a boot to its end. */
interface Life {
  readonly pid: number
  readonly state: string
  readonly ended: Promise<void>
}

async function startLife(
  name: string,
  root: string,
  source: string,
  undo: (() => void)[],
  cgroups: PrivateCgroup[],
): Promise<Life> {
  const cgroup = new PrivateCgroup(`${name}-${undo.length}`)
  cgroups.push(cgroup)
  undo.push(() => cgroup.remove())
  const screen = { text: '' }
  const nspawn = cgroup.spawn(() => boot(name, root, source))
  for (const stream of [nspawn.stdout, nspawn.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      screen.text = (screen.text + String(chunk)).slice(-20_000)
    })
  }
  const ended = new Promise<void>((resolve) => nspawn.once('exit', () => resolve()))
  undo.push(() => endNow(nspawn, cgroup))
  const pid = await firstProcess(nspawn, ended, screen)
  return { pid, state: await bootEnd(pid, ended), ended }
}

function overlay(
  directory: string,
  name: string,
  lower: string,
  mount: (...args: string[]) => void,
): string {
  const [up, work, merged] = ['up', 'work', 'root'].map((part) => join(directory, name, part))
  for (const folder of [up, work, merged]) mkdirSync(folder as string, { recursive: true })
  const options = `lowerdir=${lower},upperdir=${up},workdir=${work}`
  mount('-t', 'overlay', '-o', options, 'overlay', merged as string)
  return merged as string
}

/** A new identity, and nothing of what the machine itself starts at boot. */
function prepare(root: string): void {
  rmSync(join(root, 'etc/machine-id'), { force: true })
  writeFileSync(join(root, 'etc/machine-id'), `${randomBytes(16).toString('hex')}\n`)
  const units = join(root, 'etc/systemd/system')
  for (const folder of readdirSync(units).filter((entry) => entry.endsWith('.wants'))) {
    for (const unit of readdirSync(join(units, folder)).filter((u) => NOT_NEEDED.test(u))) {
      rmSync(join(units, folder, unit))
    }
  }
  for (const unit of ['systemd-networkd-wait-online.service', 'console-getty.service']) {
    if (!existsSync(join(units, unit))) symlinkSync('/dev/null', join(units, unit))
  }
  mkdirSync(join(root, CHECKOUT), { recursive: true })
  // Persistent, and in no way limited: tests read what services printed.
  mkdirSync(join(root, 'etc/systemd/journald.conf.d'), { recursive: true })
  writeFileSync(
    join(root, 'etc/systemd/journald.conf.d/stead-e2e.conf'),
    '[Journal]\nStorage=persistent\nRateLimitIntervalSec=0\n',
  )
  // Else it ends the manager of a user some seconds after the last service that lingered, whatever a test
  // does with it meanwhile (logind.conf(5)).
  mkdirSync(join(root, 'etc/systemd/logind.conf.d'), { recursive: true })
  writeFileSync(
    join(root, 'etc/systemd/logind.conf.d/stead-e2e.conf'),
    '[Login]\nUserStopDelaySec=infinity\n',
  )
}

function boot(name: string, root: string, source: string): ChildProcess {
  const args = ['-D', root, '--boot', '--keep-unit', '--register=no', '--link-journal=no']
  args.push('--private-network', `--machine=${name}`, '--settings=no')
  args.push('--console=pipe', `--bind=${source}:${CHECKOUT}`)
  // Also when the caller is killed without a chance to clean up.
  return spawn('setpriv', ['--pdeathsig', 'KILL', '--', 'systemd-nspawn', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
}

async function firstProcess(
  nspawn: ChildProcess,
  ended: Promise<void>,
  output: { text: string },
): Promise<number> {
  let over = false
  void ended.then(() => {
    over = true
  })
  for (const end = Date.now() + 90_000; Date.now() < end && !over; await delay(20)) {
    const children = readFileOr(`/proc/${nspawn.pid}/task/${nspawn.pid}/children`, '').trim()
    if (/^\d+$/.test(children) && readFileOr(`/proc/${children}/comm`, '') === 'systemd\n') {
      return Number(children)
    }
  }
  throw new Error(`systemd-nspawn did not boot:\n${output.text}`)
}

/** Waits for the end of the boot. `degraded` is good enough: units of the machine may fail in a container. */
async function bootEnd(pid: number, ended: Promise<void>): Promise<string> {
  let over = false
  const ask = async (): Promise<string> => {
    while (!over) {
      const args = ['-t', String(pid), '-a', 'systemctl', 'is-system-running', '--wait']
      const child = spawn('nsenter', args, { stdio: ['ignore', 'pipe', 'ignore'] })
      let said = ''
      child.stdout.on('data', (chunk: Buffer) => {
        said += String(chunk)
      })
      await new Promise((resolve) => child.once('close', resolve))
      if (/^(running|degraded)$/.test(said.trim())) return said.trim()
      // Before its bus is there systemd cannot be asked to wait.
      await delay(50)
    }
    return ''
  }
  const early = ended.then(() => {
    throw new Error('the container ended while it booted')
  })
  const late = deadline(180_000, 'the container did not end its boot')
  return Promise.race([ask(), early, late]).finally(() => {
    over = true
  })
}

function insideOf(
  pid: number,
  command: readonly string[],
  settings: readonly string[],
): [string, string[]] {
  const unit = ['--quiet', '--wait', '--pipe', '--collect', `--working-directory=${CHECKOUT}`]
  return [
    'nsenter',
    ['-t', String(pid), '-a', 'systemd-run', ...unit, ...settings, '--', ...command],
  ]
}

/** The last resort, for an exit handler: synchronous and final. */
function endNow(nspawn: ChildProcess, cgroup: PrivateCgroup): void {
  if (nspawn.exitCode === null && nspawn.signalCode === null) nspawn.kill('SIGKILL')
  for (const pid of cgroup.processes()) endProcess(pid)
  // An exit handler cannot await; the kernel needs a moment to take them away.
  const end = Date.now() + 3_000
  const pause = new Int32Array(new SharedArrayBuffer(4))
  while (cgroup.processes().length > 0 && Date.now() < end) Atomics.wait(pause, 0, 0, 20)
}

function readFileOr(path: string, otherwise: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return otherwise
  }
}

async function deadline(milliseconds: number, message: string): Promise<never> {
  await delay(milliseconds, undefined, { ref: false })
  throw new Error(message)
}
