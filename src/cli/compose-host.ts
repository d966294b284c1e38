/** Finds out who started this process, and makes the host that talks to it. */
import { isatty } from 'node:tty'
import type { Host } from '../model/ports/host.ts'
import { systemClock } from '../platform/clock.ts'
import { processSignals } from '../platform/process-events.ts'
import { terminal } from '../platform/terminal.ts'

/**
 * The host for this process. Modules of the hosts that are not needed are never loaded.
 *
 * @param name the service's name, for the terminal
 */
export async function composeHost(name: string): Promise<Host> {
  if (process.platform === 'win32') return (await scm()) ?? console_(name)
  if (startedByGuard()) return systemd(false)
  if (startedBySystemd()) return systemd(true)
  if (startedByLaunchd()) return launchd()
  return console_(name)
}

/** A guard of stead speaks as systemd does, and marks what it starts. */
function startedByGuard(): boolean {
  const { STEAD_GUARD, NOTIFY_SOCKET } = process.env
  return STEAD_GUARD !== undefined && NOTIFY_SOCKET !== undefined
}

/**
 * systemd.exec(5): SYSTEMD_EXEC_PID (v248) is the pid that systemd started, so a child that merely inherited
 * the environment is not taken in. Older ones are told by NOTIFY_SOCKET and a parent that is the manager.
 */
function startedBySystemd(): boolean {
  const { SYSTEMD_EXEC_PID, NOTIFY_SOCKET, INVOCATION_ID } = process.env
  if (SYSTEMD_EXEC_PID !== undefined) return SYSTEMD_EXEC_PID === String(process.pid)
  return INVOCATION_ID !== undefined &&
    NOTIFY_SOCKET !== undefined &&
    process.env.MANAGERPID === undefined
    ? process.ppid === 1
    : NOTIFY_SOCKET !== undefined && process.env.MANAGERPID === String(process.ppid)
}

/** launchd names the job in XPC_SERVICE_NAME and is the parent of all it starts (launchd.plist(5)). */
function startedByLaunchd(): boolean {
  const { XPC_SERVICE_NAME, STEAD_SERVICE } = process.env
  return process.ppid === 1 && STEAD_SERVICE !== undefined && XPC_SERVICE_NAME === STEAD_SERVICE
}

/**
 * Null unless the Service Control Manager started this process. It gives no terminal to anybody, so
 * where there is one it need not be looked for.
 */
async function scm(): Promise<Host | null> {
  if (isatty(0)) return null
  const { connectScmHost } = await import('./compose-scm.ts')
  return connectScmHost()
}

/** @param itself whether it is systemd, rather than somebody who speaks as it does */
async function systemd(itself: boolean): Promise<Host> {
  const [{ systemdHost }, { notifySocket }, { nodeCommandRunner }] = await Promise.all([
    import('../hosts/systemd/systemd-host.ts'),
    import('../platform/posix/notify-socket.ts'),
    import('../platform/command-runner.ts'),
  ])
  const { NOTIFY_SOCKET, WATCHDOG_USEC, WATCHDOG_PID } = process.env
  // Programs that the service starts must not speak in its name.
  delete process.env.NOTIFY_SOCKET
  delete process.env.WATCHDOG_USEC
  delete process.env.WATCHDOG_PID
  const watched = WATCHDOG_PID === undefined || WATCHDOG_PID === String(process.pid)
  return systemdHost({
    signals: processSignals(),
    clock: systemClock(),
    terminal: terminal(2),
    notify: NOTIFY_SOCKET === undefined ? null : notifySocket(NOTIFY_SOCKET),
    watchdog: WATCHDOG_USEC !== undefined && watched ? Number(WATCHDOG_USEC) / 1000 : null,
    async shuttingDown() {
      if (!itself) return false
      // The word is fixed and never translated: systemctl(1), is-system-running. It exits non-zero for it.
      const { stdout } = await nodeCommandRunner().run('systemctl', ['is-system-running'], {
        timeout: 1_000,
      })
      return stdout.trim() === 'stopping'
    },
  })
}

async function launchd(): Promise<Host> {
  const { launchdHost } = await import('../hosts/launchd/launchd-host.ts')
  return launchdHost({ signals: processSignals(), clock: systemClock(), terminal: terminal(2) })
}

async function console_(name: string): Promise<Host> {
  const { consoleHost } = await import('../hosts/console/console-host.ts')
  return consoleHost({
    name,
    signals: processSignals(),
    clock: systemClock(),
    terminal: terminal(2),
  })
}
