/** What of a stead.yaml a guard on Windows understands otherwise, or not at all. */
import type { ProgramSpec, StopStep } from '../model/program-spec.ts'
import { isWindowsSignal, WINDOWS_SIGNALS } from '../model/signal-name.ts'
import type { FileProblem } from './source/config-source.ts'

/**
 * SIGTERM, which asks a program to end, by what Windows has for that, in the order of how much a
 * program can make of it. One that has a console hears CTRL_C for most of the time; one that has
 * windows, where CTRL_C reaches nobody, WM_CLOSE.
 */
const ASKING = [
  ['CTRL_C', 0.6],
  ['WM_CLOSE', 0.2],
  ['WM_QUIT', 0.1],
  ['CTRL_BREAK', 0.1],
] as const

/** The steps of a stop as a guard on Windows takes them: each SIGTERM within its own wait. */
export function windowsStop(steps: readonly StopStep[]): readonly StopStep[] {
  return steps.flatMap((step): readonly StopStep[] => {
    const { action, wait } = step
    if (action.kind !== 'signal' || action.signal !== 'SIGTERM') return [step]
    return ASKING.map(([signal, share]) => ({
      action: { ...action, signal },
      wait: Math.round(wait * share),
      sharesWait: true,
    }))
  })
}

const NO_END =
  'no program of Windows ends by a signal, but by SIGKILL of its guard: name exit codes, such as 3221225477 (0xC0000005, access violation)'

const neverEnds = (signal: string): boolean => signal !== 'SIGKILL'

/** Names of signals that the system of the guard does not have. */
export function signalProblems(services: Iterable<ProgramSpec>, onWindows: boolean): FileProblem[] {
  const message = onWindows
    ? `Windows has no such signal; it has ${WINDOWS_SIGNALS.join(', ')} and SIGKILL, and takes SIGTERM for all of them`
    : 'only Windows has it; one writes SIGTERM, SIGINT, …'
  const isForeign = (signal: string): boolean =>
    onWindows
      ? !isWindowsSignal(signal) && signal !== 'SIGTERM' && signal !== 'SIGKILL'
      : isWindowsSignal(signal)
  return [...services].flatMap(({ name, stop, reload, restart }) => [
    ...(stop.some(({ action }) => action.kind === 'signal' && isForeign(action.signal))
      ? [{ path: ['services', name, 'stop'], message }]
      : []),
    ...(reload.kind === 'signal' && (isForeign(reload.signal) || reload.signal === 'SIGTERM')
      ? [{ path: ['services', name, 'reload'], message }]
      : []),
    ...(onWindows && typeof restart.when === 'object' && restart.when.signals.some(neverEnds)
      ? [{ path: ['services', name, 'restart', 'when'], message: NO_END }]
      : []),
  ])
}
