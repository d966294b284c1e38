/**
 * The environment block of CreateProcessW with CREATE_UNICODE_ENVIRONMENT: `NAME=VALUE` in UTF-16,
 * each with its NUL, sorted by name without regard to case, and one more NUL at the end.
 *
 * Names of Windows are the same in any case: of `Path` and `PATH` the one that was set last counts.
 * SystemRoot is added where it is missing, as sockets and random numbers fail without it in most
 * programs (Node does the same).
 *
 * @throws an Error with code EINVAL for a NUL in it, or a name that is none
 */
export function environmentBlock(
  env: Readonly<Record<string, string>>,
  systemRoot: string | null,
): Buffer {
  const byName = new Map<string, string>()
  if (systemRoot !== null) byName.set('SYSTEMROOT', `SystemRoot=${systemRoot}`)
  for (const [name, value] of Object.entries(env)) {
    if (!isName(name) || value.includes('\0')) {
      throw Object.assign(new Error(`the variable ${JSON.stringify(name)} cannot be passed on`), {
        code: 'EINVAL',
      })
    }
    byName.set(name.toUpperCase(), `${name}=${value}`)
  }
  const lines = [...byName].sort(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0))
  const text = lines.map(([, line]) => `${line}\0`).join('')
  return Buffer.from(text === '' ? '\0\0' : `${text}\0`, 'utf16le')
}

/** `=C:` and the like, which cmd.exe keeps directories of drives in, are names as well. */
function isName(name: string): boolean {
  return name !== '' && !name.includes('\0') && !name.slice(1).includes('=')
}

/** The value of a variable whatever the case of its name; null where there is none. */
export function variable(env: Readonly<Record<string, string>>, name: string): string | null {
  const wanted = name.toUpperCase()
  let found: string | null = null
  for (const [key, value] of Object.entries(env)) {
    if (key.toUpperCase() === wanted) found = value
  }
  return found
}
