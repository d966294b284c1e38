import type { ConfigSource, FileProblem } from './source/config-source.ts'

/** Aliases can make a small file mean a huge value: it is read no further than this. */
const MAX_VALUES = 1_000_000

/** Settings whose members are texts, however they look: `1.10` is not 1.1 there. */
const TEXTS: ReadonlySet<PropertyKey> = new Set(['env', 'labels', 'command', 'exec'])

/**
 * Puts values for `${VAR}` and `${VAR:default}` into every text of `source`; `$$` is one `$`.
 *
 * @returns the value, and a problem for each variable that is not there and has no default
 */
export function expandVariables(
  source: ConfigSource,
  env: Readonly<Record<string, string | undefined>>,
): { readonly value: unknown; readonly problems: readonly FileProblem[] } {
  const problems: FileProblem[] = []
  let values = 0
  const walk = (value: unknown, path: readonly PropertyKey[]): unknown => {
    values += 1
    if (values === MAX_VALUES)
      problems.push({ path: [], message: `its aliases make more than ${MAX_VALUES} values of it` })
    if (values >= MAX_VALUES || path.length > 100) return null
    if (typeof value === 'string') return expand(value, env, path, problems)
    if (Array.isArray(value)) return value.map((item, index) => walk(item, [...path, index]))
    if (typeof value === 'object' && value !== null) {
      const entries = Object.entries(value).map(([key, item]) => {
        if (key === '__proto__')
          problems.push({ path: [...path, key], message: 'this is no name', key: true })
        return [key, walk(item, [...path, key])] as const
      })
      return Object.fromEntries(entries)
    }
    const isText = typeof value === 'number' || typeof value === 'boolean'
    return isText && TEXTS.has(path.at(-2) ?? '') ? (source.written(path) ?? value) : value
  }
  return { value: walk(source.value, []), problems }
}

function expand(
  text: string,
  env: Readonly<Record<string, string | undefined>>,
  path: readonly PropertyKey[],
  problems: FileProblem[],
): string {
  if (!text.includes('$')) return text
  return text.replace(
    /\$\$|\$\{([^}:]*)(?::([^}]*))?(\}?)/g,
    (whole, name: string | undefined, fallback: string | undefined, end: string | undefined) => {
      if (name === undefined) return '$'
      const complain = (message: string): string => {
        problems.push({ path, message })
        return whole
      }
      if (end === '') return complain('a "${" is not closed; one writes "$${" for the characters')
      if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
        return complain(`${JSON.stringify(name)} is no name of a variable`)
      const value = env[name]
      if (value !== undefined) return value
      if (fallback === undefined)
        return complain(`the variable ${name} is not set; \${${name}:…} gives it a default`)
      if (fallback.startsWith('-'))
        return complain(`a default is written \${${name}:${fallback.slice(1)}}, without "-"`)
      return fallback
    },
  )
}
