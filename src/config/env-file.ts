import { SteadError } from '../errors.ts'
import { isSealed, type SecretOpener } from '../model/ports/secret-opener.ts'

const ESCAPED = /\\(["\\$`])/g

/**
 * Reads a file of `KEY=VALUE` lines as systemd reads an `EnvironmentFile=` (systemd.exec(5)): blank
 * lines and lines that begin with `#` or `;` say nothing, a value may stand in single or in double
 * quotes. A value without quotes is taken as it is, without the blanks around it: a backslash in it
 * is one, as Windows paths need it.
 *
 * @param source names the file in errors
 * @param openSecret opens values that were sealed for `env.NAME`; left out, they stay as they are
 * @throws SPEC_INVALID with every line that is not of that form; values are not shown
 */
export function parseEnvFile(
  text: string,
  source: string,
  openSecret?: SecretOpener,
): Readonly<Record<string, string>> {
  const env: Record<string, string> = {}
  const problems: string[] = []
  text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .forEach((line, index) => {
      if (/^\s*([#;]|$)/.test(line)) return
      const match = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*?)\s*$/.exec(line)
      const value = match === null ? null : unquoted(match[2] as string)
      if (match === null || value === null) {
        problems.push(`line ${index + 1} is not KEY=VALUE`)
        return
      }
      const name = match[1] as string
      const opened =
        openSecret === undefined || !isSealed(value) ? { value } : openSecret(value, ['env', name])
      if ('value' in opened) env[name] = opened.value
      else problems.push(`line ${index + 1}, ${name}: ${opened.problem}`)
    })
  if (problems.length > 0) throw new SteadError('SPEC_INVALID', { source, problems })
  return env
}

function unquoted(text: string): string | null {
  const quote = text[0]
  if (quote !== '"' && quote !== "'") return text
  if (text.length < 2 || !text.endsWith(quote)) return null
  const inside = text.slice(1, -1)
  return quote === "'" ? inside : inside.replace(ESCAPED, '$1')
}
