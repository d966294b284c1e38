/** The command `stead`. */
import { readFileSync } from 'node:fs'
import { CommanderError } from 'commander'
import { SteadError } from '../errors.ts'
import { suggest } from '../model/suggest.ts'
import { exitCodeFor, makeOutput } from './output.ts'
import { buildProgram } from './program.ts'

/** Runs a command line (without node and script) and sets the exit code of the process. */
export async function main(argv: readonly string[]): Promise<void> {
  // A reader that has had enough, such as head(1), is no error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })
  const split = argv.indexOf('--')
  const own = split === -1 ? argv : argv.slice(0, split)
  const all = own.includes('--help-all')
  const program = buildProgram({
    version: version(),
    rest: split === -1 ? [] : argv.slice(split + 1),
    all,
    exit: (code) => {
      process.exitCode = code
    },
  })
  for (const command of [program, ...program.commands]) {
    command.exitOverride().configureOutput({ writeErr: () => {} })
  }
  if (own.length === 0) {
    program.outputHelp()
    process.exitCode = 2
    return
  }
  try {
    await program.parseAsync(
      own.map((word) => (word === '--help-all' ? '--help' : word)),
      { from: 'user' },
    )
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return
    const told =
      error instanceof CommanderError
        ? usageError(
            error,
            own,
            program.commands.map((c) => c.name()),
          )
        : error
    makeOutput({ json: own.includes('--json'), verbose: own.includes('--verbose') }).error(told)
    process.exitCode = exitCodeFor(told)
  }
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

function version(): string {
  const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  return (JSON.parse(manifest) as { version: string }).version
}
