import { type Context, ownMarker } from './context.ts'
import { succeeded } from './systemctl.ts'

/** logind keeps an empty file for each user whose systemd runs without a login, logind.conf(5). */
const LINGER = '/var/lib/systemd/linger'

/**
 * Lets a user's services start at boot. Where the machine refuses it they start at the first login,
 * as the plan says, so a refusal is no failure. That stead turned it on is noted, to turn it off again.
 */
export async function lingerOn(
  context: Context,
  undo: (step: () => Promise<unknown>) => void,
): Promise<void> {
  if (context.scope !== 'user') return
  const { files, accounts, home } = context
  const user = accounts.self().name
  if ((await files.facts(`${LINGER}/${user}`)) !== null) return
  const on = await context.ctl.other('loginctl', ['--no-ask-password', 'enable-linger', user])
  if (!succeeded(on)) return
  undo(() => turnOff(context))
  await files.makeDirectory(home.state, 0o700)
  await files.writeAtomic(noteOf(context), 'stead turned lingering on\n', 0o600)
}

/** Turns lingering off when stead had turned it on, and no service is left that starts by itself. */
export async function lingerOff(context: Context): Promise<void> {
  if (context.scope !== 'user' || (await context.files.facts(noteOf(context))) === null) return
  const left = await context.files.names(`${context.directory}/default.target.wants`)
  for (const unit of left) {
    const text = await context.files.readText(`${context.directory}/${unit}`).catch(() => null)
    if (ownMarker(context, text) !== null) return
  }
  await turnOff(context)
}

async function turnOff(context: Context): Promise<void> {
  const user = context.accounts.self().name
  await context.ctl.other('loginctl', ['--no-ask-password', 'disable-linger', user])
  await context.files.remove(noteOf(context))
}

function noteOf({ home }: Context): string {
  return `${home.state}/systemd-linger`
}
