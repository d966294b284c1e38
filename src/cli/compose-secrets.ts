/** Where the keys of this installation are, and what opens sealed values with them. */
import { dirname, join } from 'node:path'
import { SteadError } from '../errors.ts'
import type { Home } from '../model/home.ts'
import type { SecretOpener } from '../model/ports/secret-opener.ts'
import { nodeFileSystem, replacePrivate } from '../platform/file-system.ts'
import { findKeyText, PROTECTED } from '../platform/secrets/key-text.ts'
import { type KeyRing, parseKeyRing } from '../secrets/key-ring.ts'
import { openerOf } from '../secrets/seal.ts'

/** The key file of an installation where nothing names another. */
export function keyFileOf(home: Home): string {
  return join(dirname(home.specs), 'keys', 'stead.key')
}

/** @param file where they are if the environment does not say @throws KEY_MISSING, KEY_UNUSABLE */
export function findKeyRing(
  file: string,
  env: Readonly<Record<string, string | undefined>> = process.env,
): KeyRing {
  let found: ReturnType<typeof findKeyText>
  try {
    found = findKeyText({ env, file })
  } catch (cause) {
    throw new SteadError('KEY_UNUSABLE', { reason: (cause as Error).message }, { cause })
  }
  if (found === null) throw new SteadError('KEY_MISSING', { file })
  const ring = parseKeyRing(found.text, found.source)
  if ('problem' in ring) throw new SteadError('KEY_UNUSABLE', { reason: ring.problem })
  return ring
}

/**
 * Opens with the keys of an installation, which are looked for when the first value needs them.
 *
 * @param file where they are if the environment does not say: {@link keyFileOf}
 */
export function secretOpener(
  file: string,
  env: Readonly<Record<string, string | undefined>> = process.env,
): SecretOpener {
  let open: SecretOpener | null = null
  return (text, path) => {
    try {
      open ??= openerOf(findKeyRing(file, env))
    } catch (error) {
      if (!(error instanceof SteadError)) throw error
      return { problem: `it is sealed, and ${error.message} (${error.hint})` }
    }
    return open(text, path)
  }
}

/** @throws SECRET_REFUSED by the name of the setting */
export function openOrThrow(
  open: SecretOpener,
  text: string,
  path: readonly PropertyKey[],
): string {
  const opened = open(text, path)
  if ('value' in opened) return opened.value
  throw new SteadError('SECRET_REFUSED', {
    setting: path.map(String).join('.'),
    reason: opened.problem,
  })
}

/**
 * Writes a key file that its owner alone may read.
 *
 * @param options `protect`: by Windows for this user or this machine
 * @throws KEY_EXISTS, PLATFORM_UNSUPPORTED
 */
export async function writeKeyFile(
  path: string,
  text: string,
  options: { readonly replace: boolean; readonly protect: 'user' | 'machine' | null },
): Promise<void> {
  const written = options.protect === null ? text : await protectedText(text, options.protect)
  if (options.replace) return replacePrivate(path, written)
  if (!(await nodeFileSystem().createExclusive(path, written, 0o600)))
    throw new SteadError('KEY_EXISTS', { path })
}

async function protectedText(text: string, scope: 'user' | 'machine'): Promise<string> {
  const { platform } = process
  if (platform !== 'win32') {
    throw new SteadError('PLATFORM_UNSUPPORTED', { feature: 'DPAPI (--dpapi)', platform })
  }
  const { protect } = await import('../platform/win32/data-protection.ts')
  return `${PROTECTED}${protect(Buffer.from(text), scope).toString('base64')}\n`
}
