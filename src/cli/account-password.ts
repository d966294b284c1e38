/** The password of the account that a Windows service runs as: asked for at a terminal, or piped in. */
import { SteadError } from '../errors.ts'
import type { ServiceManager } from '../managers/service-manager.ts'
import { Secret } from '../model/secret.ts'
import type { ServiceSpec } from '../model/service-spec.ts'
import { askPassword, pipedPassword } from '../platform/password-prompt.ts'

export interface PasswordOptions {
  /** `--password-stdin` */
  readonly passwordStdin?: boolean
}

/**
 * The password with which to install a service.
 *
 * @returns undefined where its account has none, or where Windows has it and none was given
 * @throws PASSWORD_UNUSED, PASSWORD_NEEDED, USAGE
 */
export async function passwordToInstall(
  spec: ServiceSpec,
  manager: ServiceManager,
  { passwordStdin = false }: PasswordOptions,
): Promise<Secret | undefined> {
  const { passwords } = manager
  if (passwords === undefined || !passwords.takenBy(spec)) {
    if (!passwordStdin) return undefined
    throw new SteadError('PASSWORD_UNUSED', { account: spec.user ?? 'the account of the service' })
  }
  await manager.requireAvailable()
  if (!passwordStdin && !(await passwords.neededFor(spec))) return undefined
  return readPassword(spec.user ?? '', { passwordStdin })
}

/** @throws PASSWORD_NEEDED where there is nobody to ask; USAGE for what is no password */
export async function readPassword(
  account: string,
  { passwordStdin = false }: PasswordOptions,
): Promise<Secret> {
  const { stdin, stderr } = process
  if (passwordStdin) {
    const piped = await pipedPassword(stdin)
    if (piped === null)
      throw unfit('standard input has more than one line, or more than a password')
    if (piped === '') throw unfit('standard input has no password')
    return new Secret(piped)
  }
  if (!stdin.isTTY) throw new SteadError('PASSWORD_NEEDED', { account })
  const question = `Password of ${account}: `
  const typed = await askPassword(stdin, (text) => void stderr.write(text), question)
  // Windows lets nobody log on as a service with an empty one.
  if (typed === null || typed === '') throw new SteadError('PASSWORD_NEEDED', { account })
  return new Secret(typed)
}

function unfit(problem: string): SteadError {
  return new SteadError('USAGE', { problem, verb: 'install' })
}
