/** Verbs for what only Windows services have. */
import type { Command } from 'commander'
import type { PasswordOptions } from './account-password.ts'
import type { CommonOptions } from './context.ts'

/** Adds `password`. */
export function addWindowsVerbs(
  verb: (name: string, about: string) => Command,
  exit: (code: number) => void,
): void {
  verb('password', 'Windows: the account that a service runs as has another password')
    .argument('<name>', 'the service')
    .option('--password-stdin', 'read it from standard input; without it, it is asked for')
    .action(async (name: string, options: CommonOptions & PasswordOptions) =>
      exit(await (await import('./verbs/password.ts')).password(name, options)),
    )
}
