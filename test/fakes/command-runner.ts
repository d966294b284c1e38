import type { CommandResult, CommandRunner } from '../../src/model/ports/command-runner.ts'

/** A command's end: its code, or all of its result that matters. */
export type Scripted = number | Partial<CommandResult>

export interface ScriptedRunner extends CommandRunner {
  /** What was run, as one array each: the file, then its arguments. */
  readonly calls: readonly (readonly string[])[]
}

/** Runs nothing: `answer` says how each command ends. */
export function scriptedRunner(
  answer: (file: string, args: readonly string[]) => Scripted,
): ScriptedRunner {
  const calls: (readonly string[])[] = []
  return {
    calls,
    async run(file, args) {
      calls.push([file, ...args])
      const scripted = answer(file, args)
      const quiet = { timedOut: false, stdout: '', stderr: '' }
      if (typeof scripted === 'number') return { exit: { kind: 'code', code: scripted }, ...quiet }
      return { exit: { kind: 'code', code: 0 }, ...quiet, ...scripted }
    },
    async *lines() {},
  }
}
