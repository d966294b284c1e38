import { unknownWord } from '../loss.ts'
import { table } from '../table.ts'
import { shellQuoted } from './command.ts'
import type { Reading } from './service.ts'
import { spanOf, spanText } from './time.ts'

const RESTARTS = table<unknown>({
  no: 'no',
  always: 'always',
  'on-failure': 'on-failure',
})
const CRASHES = [
  'SIGSEGV',
  'SIGABRT',
  'SIGBUS',
  'SIGFPE',
  'SIGILL',
  'SIGQUIT',
  'SIGSYS',
  'SIGTRAP',
  'SIGXCPU',
  'SIGXFSZ',
]

/** How it starts, is restarted, reloaded and stopped; where a unit says nothing, systemd's own defaults. */
export function setLifecycle(reading: Reading): void {
  setType(reading)
  setRestart(reading)
  setStop(reading)
  setReload(reading)
  const { service, last } = reading
  const timeout = last('TimeoutStartSec') ?? last('TimeoutSec')
  if (timeout !== null) {
    const span = spanOf(timeout.text)
    const text = span === 0 ? '364d' : spanText(timeout.text)
    if (text === null) service.lose(timeout.place.name, timeout.place, 'it is not a time')
    else service.set('startTimeout', text, { place: timeout.place, setting: timeout.place.name })
  }
  const watchdog = last('WatchdogSec')
  const every = watchdog === null ? 0 : (spanOf(watchdog.text) ?? 0)
  if (watchdog !== null && every > 0 && Number.isFinite(every))
    service.set(
      'heartbeat',
      { every: `${Math.max(Math.round(every / 2), 1)}ms`, misses: 2 },
      { place: watchdog.place, setting: 'WatchdogSec' },
    )
}

function setType({ service, last }: Reading): void {
  const type = last('Type')
  const origin = { place: type?.place ?? service.place, setting: 'Type' }
  const word = type?.text ?? 'simple'
  if (word === 'notify' || word === 'notify-reload') service.set('ready', { notify: true }, origin)
  else if (word === 'oneshot') {
    service.set('type', 'job', origin)
    if (last('RemainAfterExit') !== null)
      service.note('A job that has succeeded stays so, as with RemainAfterExit=.')
  } else if (word === 'forking')
    service.lose(
      'Type',
      origin.place,
      'the program goes to the background, where stead takes it for ended',
      'its option to stay in the foreground',
    )
  else if (word === 'dbus')
    service.lose(
      'Type',
      origin.place,
      'stead asks no D-Bus whether it is ready',
      'ready: { exec: [busctl, status, NAME] }',
    )
  else if (!['simple', 'exec', 'idle'].includes(word))
    service.lose(
      'Type',
      origin.place,
      unknownWord(word, ['simple', 'exec', 'forking', 'oneshot', 'notify', 'dbus', 'idle']),
    )
}

function setRestart({ service, last }: Reading): void {
  const from = last('Restart')
  const word = from?.text ?? 'no'
  const origin = { place: from?.place ?? service.place, setting: 'Restart' }
  const restart: Record<string, unknown> = { when: RESTARTS[word] ?? 'on-failure' }
  if (word === 'on-abort' || word === 'on-abnormal') restart.when = { codes: [], signals: CRASHES }
  else if (word === 'on-success' || word === 'on-watchdog')
    service.lose('Restart', origin.place, `${word} is not known; it is restarted on failure`)
  else if (!(word in RESTARTS))
    service.lose(
      'Restart',
      origin.place,
      unknownWord(word, [...Object.keys(RESTARTS), 'on-abort', 'on-abnormal']),
    )
  if (restart.when !== 'no') {
    const seconds = last('RestartSec')
    const delay = seconds === null ? '100ms' : spanText(seconds.text)
    // systemd waits the same time before each.
    if (delay !== null) Object.assign(restart, { delay, factor: 1, jitter: 0 })
    const window = last('StartLimitIntervalSec') ?? last('StartLimitInterval')
    const burst = last('StartLimitBurst')
    const span = window === null ? 10_000 : (spanOf(window.text) ?? 10_000)
    const count = Math.max(Number(burst?.text ?? 5) - 1 || 1, 1)
    restart.limit = span === 0 ? 'none' : `${count}/${spanText(window?.text ?? '10s') ?? '10s'}`
  }
  const only = Object.keys(restart).length === 1
  service.set('restart', only ? restart.when : restart, origin)
  for (const name of ['RestartPreventExitStatus', 'RestartForceExitStatus', 'SuccessExitStatus']) {
    const one = last(name)
    if (one === null || (name === 'SuccessExitStatus' && one.text === '143')) continue
    service.lose(
      name,
      one.place,
      'success is exit code 0, and exits to restart after are named one by one',
      'restart: { when: { codes: […] } }',
    )
  }
}

function setStop({ service, last, every, command }: Reading): void {
  const mode = last('KillMode')
  const signalled = last('KillSignal')
  const signal = signalled?.text.toUpperCase().replace(/^(?!SIG)/, 'SIG') ?? 'SIGTERM'
  const timeout = last('TimeoutStopSec') ?? last('TimeoutSec')
  const wait =
    (timeout === null
      ? '90s'
      : // As for starts, 0 means that there is no limit (config_parse_sec_fix_0 of systemd).
        spanText(spanOf(timeout.text) === 0 ? 'infinity' : timeout.text)) ?? '90s'
  const from = timeout ?? signalled ?? mode
  const origin = { place: from?.place ?? service.place, setting: from?.place.name ?? 'KillMode' }
  const steps: Record<string, unknown>[] = []
  for (const one of every('ExecStop')) {
    const kill = killed(one.text)
    const words =
      kill === null
        ? command({ ...one, text: one.text.replaceAll('$MAINPID', `\${STEAD_PID}`) })
        : null
    if (kill !== null) steps.push({ signal: kill, wait })
    else if (words !== null && words.length > 0) steps.push({ command: words, wait })
  }
  const to = mode?.text === 'mixed' || mode?.text === 'process' ? {} : { to: 'tree' }
  if (mode?.text === 'process' || mode?.text === 'none')
    service.lose('KillMode', mode.place, 'nothing of a program is left behind')
  steps.push({ signal, ...to, wait })
  service.set('stop', steps, origin)
  const kill = last('SendSIGKILL')
  if (kill !== null && /^(no|false|off|0)$/i.test(kill.text))
    service.lose('SendSIGKILL', kill.place, 'SIGKILL comes last, always')
}

function setReload({ service, last, every, command }: Reading): void {
  const reloads = every('ExecReload')
  const first = reloads[0]
  if (last('Type')?.text === 'notify-reload' && first === undefined)
    service.set('reload', { signal: 'SIGHUP' })
  if (first === undefined) return
  const signal = killed(first.text)
  const words =
    signal === null
      ? command({ ...first, text: first.text.replaceAll('$MAINPID', `\${STEAD_PID}`) })
      : null
  const origin = { place: first.place, setting: 'ExecReload' }
  if (signal !== null) service.set('reload', { signal }, origin)
  else if (words !== null && words.length > 0) service.set('reload', { command: words }, origin)
  for (const one of reloads.slice(1))
    service.lose(
      'ExecReload',
      one.place,
      'a reload is one thing',
      `[/bin/sh, -c, ${shellQuoted('… && …')}]`,
    )
}

/** The signal that `kill` of the main process means; null for another command. */
function killed(text: string): string | null {
  const match =
    /^-?(?:\/usr)?\/bin\/kill\s+(?:-s\s+|--signal[ =]|-)?(?:SIG)?([A-Za-z]+\d?|\d+)?\s*\$\{?MAINPID\}?$/.exec(
      text,
    )
  if (match === null) return null
  const name = match[1] ?? 'TERM'
  const number = { 1: 'HUP', 2: 'INT', 3: 'QUIT', 9: 'KILL', 10: 'USR1', 12: 'USR2', 15: 'TERM' }[
    Number(name)
  ]
  return `SIG${(number ?? name).toUpperCase()}`
}
