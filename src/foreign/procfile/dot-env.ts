import { join } from 'node:path'
import { parseEnvFile } from '../../config/env-file.ts'
import { type Draft, lose } from '../draft.ts'
import { type Source, shown } from '../source.ts'

export interface DotEnv {
  /** True where stead reads the file as it is. */
  readonly whole: boolean
  readonly values: Readonly<Record<string, string>>
}

/**
 * A file of variables beside the configuration, as foreman reads its `.env`: `KEY=VALUE`, in double
 * quotes `\n` is a line break. What stead would read differently is told.
 *
 * @returns null where there is no such file
 */
export function readDotEnv(
  name: string,
  directory: string,
  source: Source,
  draft: Draft,
): DotEnv | null {
  const path = join(directory, name)
  const text = source.files.readText(path)
  if (text === null) return null
  const file = shown(source, path)
  const values: Record<string, string> = {}
  let whole = true
  text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .forEach((row, index) => {
      const say = (setting: string, why: string, instead: string | null): void =>
        lose(draft, { service: null, setting, file, line: index + 1, why, instead })
      let found: Readonly<Record<string, string>> = {}
      try {
        found = parseEnvFile(row, file)
      } catch {
        whole = false
        say(name, 'this line is not KEY=VALUE', null)
        return
      }
      const key = Object.keys(found)[0]
      if (key === undefined) return
      // No value is shown: they are secrets more often than not.
      if (/=\s*"[^"]*\\n/.test(row))
        say(
          key,
          'a \\n in it is a line break for foreman, and stays as it is here',
          'a value of env: in stead.yaml',
        )
      else if (/=[^'"]*\$\{?[A-Za-z_]/.test(row))
        say(key, 'some read a variable in it; stead takes it as it is', null)
      Object.assign(values, found)
    })
  return { whole, values }
}
