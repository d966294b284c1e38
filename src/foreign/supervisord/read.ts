import { dirname, resolve } from 'node:path'
import { SteadError } from '../../errors.ts'
import { type Draft, lose } from '../draft.ts'
import { glob } from '../glob.ts'
import { type Source, shown } from '../source.ts'
import { hasVariable, variable } from '../variable.ts'
import { type IniProblem, type IniSection, readIni } from './ini.ts'
import { expand } from './values.ts'

/** All sections of a configuration and of what it includes. @throws FILE_UNREADABLE, FOREIGN_INVALID */
export function readSections(source: Source, draft: Draft): Map<string, IniSection> {
  const { path, files } = source
  const sections = new Map<string, IniSection>()
  const problems: IniProblem[] = []
  const read = (file: string): void => {
    const text = files.readText(file)
    if (text === null) {
      const reason = 'there is no such file'
      throw new SteadError('FILE_UNREADABLE', { path: file, reason })
    }
    problems.push(...readIni(text, { path: file, file: shown(source, file) }, sections))
  }
  read(path)
  // As supervisord does: only what the first file includes, and each of those once for each pattern.
  const include = sections.get('include')
  const patterns = include?.options.get('files')
  if (include !== undefined && patterns === undefined)
    problems.push({ ...include, message: 'there is [include], and no "files" in it' })
  if (patterns !== undefined) {
    const { file, line } = patterns
    const here = dirname(path)
    const known = environmentIn(source)
    const expanded = expand(patterns.value, (name) => (name === 'here' ? here : known(name)))
    if ('problem' in expanded) problems.push({ file, line, message: `files: ${expanded.problem}` })
    const words = 'text' in expanded ? expanded.text.split(/\s+/).filter((word) => word !== '') : []
    for (const word of words.slice(0, 100)) {
      const say = (why: string, instead: string | null): void =>
        lose(draft, { service: null, setting: 'include.files', file, line, why, instead })
      if (hasVariable(word)) {
        say('the path depends on a variable that is not known here', 'import those files as well')
        continue
      }
      const found = glob(resolve(here, word), files)
      if (found.length === 0) say(`no file fits ${word}`, null)
      for (const one of found) if (one !== path) read(one)
    }
  }
  if (problems.length > 0) {
    throw new SteadError('FOREIGN_INVALID', {
      source: shown(source, path),
      problems: problems
        .slice(0, 20)
        .map(({ file, line, message }) => `${file}:${line}: ${message}`),
    })
  }
  return sections
}

/** What `%(ENV_X)s` and `%(host_node_name)s` stand for: a variable that the guard puts in. */
export function environmentIn({ machine }: Source): (name: string) => string | null {
  return (name) => {
    if (name === 'host_node_name') return machine.host
    return name.startsWith('ENV_') ? variable(name.slice(4), null) : null
  }
}
