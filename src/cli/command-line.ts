/** The whole command line of `stead`, with commander: help, versions, typing errors, `install`. */
import { CommanderError } from 'commander'
import { SteadError } from '../errors.ts'
import { suggest } from '../model/suggest.ts'
import { exitCodeFor, makeOutput } from './output.ts'
import { buildProgram } from './program.ts'

/**
 * @param own what stands before `--`
 * @param rest what stands behind it
 * @returns the exit code
 */
export async function runCommandLine(
  own: readonly string[],
  rest: readonly string[],
): Promise<number> {
  let code = 0
  const program = buildProgram({
    rest,
    all: own.includes('--help-all'),
    exit: (verbCode) => {
      code = verbCode
    },
  })
  for (const command of [program, ...program.commands]) {
    command.exitOverride().configureOutput({ writeErr: () => {} })
  }
  if (own.length === 0) {
    program.outputHelp()
    return 2
  }
  try {
    await program.parseAsync(
      own.map((word) => (word === '--help-all' ? '--help' : word)),
      { from: 'user' },
    )
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0
    const verbs = program.commands.map((command) => command.name())
    const told = error instanceof CommanderError ? usageError(error, own, verbs) : error
    makeOutput({ json: own.includes('--json'), verbose: own.includes('--verbose') }).error(told)
    return exitCodeFor(told)
  }
  return code
}

/** What commander found wrong, as an error of ours. */
function usageError(
  { message }: CommanderError,
  argv: readonly string[],
  verbs: readonly string[],
): SteadError {
  const verb = argv.find((word) => !word.startsWith('-'))
  const known = verb !== undefined && verbs.includes(verb)
  const near = verb === undefined || known ? null : suggest(verb, verbs)
  const plain = message
    .replace(/^error: /, '')
    .replace(/\n\(Did you mean (.*)\?\)$/s, '; did you mean $1?')
  const problem =
    near === null || plain.includes('did you mean') ? plain : `${plain}; did you mean ${near}?`
  return new SteadError('USAGE', { problem, ...(known ? { verb } : {}) })
}
