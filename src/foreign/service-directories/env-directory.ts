import { join } from 'node:path'
import type { DraftService } from '../draft.ts'
import type { Place } from '../loss.ts'
import type { Source } from '../source.ts'
import { shown } from '../source.ts'

/**
 * Variables of a directory as envdir(8) reads it: the name of a file is the name, its first line the value,
 * without blanks at its end and with line breaks for NUL; an empty file takes the variable away.
 */
export function readEnvDirectory(
  path: string,
  source: Source,
  service: DraftService,
  place: Place,
): Record<string, string> {
  const variables: Record<string, string> = {}
  const names = source.files.names(path)
  if (names === null) {
    service.lose('env', place, `there is no directory ${shown(source, path)}`)
    return variables
  }
  for (const name of names) {
    if (name.startsWith('.')) continue
    const file = join(path, name)
    const text = source.files.readText(file)
    if (text === null) continue
    if (text === '') {
      const why = 'an empty file takes the variable away, which stead cannot'
      service.lose(name, { file: shown(source, file), line: 1 }, why, 'env -u in the command')
      continue
    }
    variables[name] = (text.split('\n')[0] as string).replace(/[ \t]+$/, '').replaceAll('\0', '\n')
  }
  if (Object.keys(variables).length > 0)
    service.note(
      `The variables of ${shown(source, path)} are in env; for secrets there is envFile.`,
    )
  return variables
}
