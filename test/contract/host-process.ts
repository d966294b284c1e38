import { runProgram, STORY } from '../sdk/process.ts'
import type { HostRequest, HostRun } from './host.ts'
import { until } from './until.ts'

/** The signals by which the hosts of POSIX are asked. */
const SIGNALS: Readonly<Record<Exclude<HostRequest, 'interrogate'>, NodeJS.Signals>> = {
  stop: 'SIGTERM',
  reload: 'SIGHUP',
  pause: 'SIGUSR1',
  resume: 'SIGUSR2',
}

/** That no signal can ask for. */
export const NO_INTERROGATION = 'only the SCM interrogates; there is no signal for it'

export interface HostProcessOptions {
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly nodeOptions?: readonly string[]
  /** The states that were told, out of what the process wrote. */
  readonly states: (output: string) => readonly string[]
  readonly onEnd?: () => void
}

/** Runs a story as a process of its own, and asks it by signals. */
export function runAsProcess({
  args,
  env,
  nodeOptions,
  states,
  onEnd,
}: HostProcessOptions): HostRun {
  const program = runProgram(STORY, args, { ...env }, nodeOptions)
  const told = (): readonly string[] => states(program.output())
  let over = false
  const ended = program.ended.then(({ code, signal }) => {
    over = true
    onEnd?.()
    if (code === null) throw new Error(`the story was ended by ${signal}:\n${program.output()}`)
    return code
  })
  ended.catch(() => {})
  return {
    ask(request) {
      if (request !== 'interrogate') program.child.kill(SIGNALS[request])
    },
    states: told,
    log: program.output,
    ended,
    events: async () => program.events(),
    until: async (state, times = 1) =>
      void (await until(`${state}, ${times} times`, () => {
        if (told().filter((one) => one === state).length >= times) return true
        if (over) throw new Error(`it ended before it was ${state}:\n${program.output()}`)
        return false
      })),
  }
}
