import { SteadError } from '../../errors.ts'
import { type PasswordOptions, readPassword } from '../account-password.ts'
import { type CommonOptions, checkNames, runVerb, workshopFor } from '../context.ts'

/** `password NAME`: tells Windows the new password of the account that a service runs as. */
export function password(name: string, options: CommonOptions & PasswordOptions): Promise<number> {
  return runVerb(options, async (output) => {
    checkNames([name])
    const { manager } = await workshopFor(options)
    if (manager.passwords === undefined) {
      throw new SteadError('VERB_UNSUPPORTED', {
        name,
        action: 'take a password for',
        manager: manager.kind,
        reason: 'services need none there',
      })
    }
    await manager.requireAvailable()
    await manager.passwords.set(name, await readPassword(`the account of ${name}`, options))
    if (output.json) output.object({ name, done: 'password' })
    output.done(`${name} has the new password; a running one takes it at its next start`)
    return 0
  })
}
