import type { DraftService } from './draft.ts'
import type { Place } from './loss.ts'
import { hasVariable, variable } from './variable.ts'

/** Names of variables and options whose value is nobody else's business. */
const SECRET = /(pass(word|wd|phrase)?|pwd|secret|token|api_?-?key|credentials?)$/i
/** `scheme://user:password@host`. */
const IN_ADDRESS = /(:\/\/[^/@\s:]*:)([^@\s/]+)(?=@)/g
/** A part of a connection string or of a query: `Server=x;Password=y`, `?token=y`. */
const IN_PARTS =
  /((?:^|[;,?&\s"'])(?:password|passwd|pwd|secret|(?:access_?)?token|api_?key)\s*=\s*)([^;,&\s"']+)/gi

function hasSecret(text: string): boolean {
  return [IN_ADDRESS, IN_PARTS].some((pattern) => text.search(pattern) !== -1)
}

export function isSecretName(name: string): boolean {
  return SECRET.test(name.replace(/[^A-Za-z0-9]+$/, ''))
}

/** Sets `env` without the values of secrets, each of which is told as lost, by its name alone. */
export function setEnv(
  service: DraftService,
  variables: Readonly<Record<string, string>>,
  origin: { readonly place: Place; readonly setting: string },
): void {
  const env: Record<string, string> = {}
  for (const [name, value] of Object.entries(variables)) {
    const secret = isSecretName(name) || hasSecret(value)
    if (!secret || value === '' || hasVariable(value)) env[name] = value
    else
      service.lose(
        `${origin.setting}: ${name}`,
        origin.place,
        'it seems to be a secret, and its value is not carried over',
        'envFile, a file that only the account of the service can read',
      )
  }
  if (Object.keys(env).length > 0) service.set('env', env, origin)
}

/**
 * Arguments without passwords: in the place of each comes a variable of the guard, and it is told as lost.
 */
export function withoutSecrets(
  service: DraftService,
  words: readonly string[],
  origin: { readonly place: Place; readonly setting: string },
): string[] {
  const hidden = (what: string): string => {
    const words = `${service.name}_${what}`.replace(/[^A-Za-z0-9]+/g, '_').toUpperCase()
    const good = words.replace(/^(?=[^A-Z_])/, '_').replace(/_+$/, '')
    service.lose(
      origin.setting,
      origin.place,
      `the value of ${what.slice(0, 60)} seems to be a secret, and is not carried over`,
      `give it as the variable ${good}, or change the program to read it from envFile`,
    )
    return variable(good, null) as string
  }
  return words.map((word, index) => {
    if (hasVariable(word)) return word
    const assigned = /^((?:--?|\/)?[A-Za-z][\w.-]*)([=:])(.+)$/s.exec(word)
    if (assigned !== null && isSecretName(assigned[1] as string))
      return `${assigned[1]}${assigned[2]}${hidden(assigned[1] as string)}`
    const before = words[index - 1] ?? ''
    if (/^(--?|\/)[A-Za-z][\w.-]*$/.test(before) && isSecretName(before) && !/^-/.test(word))
      return hidden(before)
    return word
      .replace(IN_ADDRESS, (_, head: string) => `${head}${hidden('address password')}`)
      .replace(IN_PARTS, (whole, head: string, value: string) =>
        hasVariable(value) ? whole : `${head}${hidden('password')}`,
      )
  })
}
