/** The command `stead`. */
import { quickAction } from './quick.ts'

/** Runs a command line (without node and script) and sets the exit code of the process. */
export async function main(argv: readonly string[]): Promise<void> {
  const split = argv.indexOf('--')
  const own = split === -1 ? argv : argv.slice(0, split)
  const rest = split === -1 ? [] : argv.slice(split + 1)
  const quick = quickAction(own, rest)
  process.exitCode =
    quick === null
      ? await (await import('./command-line.ts')).runCommandLine(own, rest)
      : await quick()
}
