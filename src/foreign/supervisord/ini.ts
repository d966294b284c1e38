import type { Place } from '../loss.ts'

/** A value and the line on which it begins. */
export interface IniValue extends Place {
  readonly value: string
  /** Absolute path of the file it stands in: `%(here)s` is its directory. */
  readonly path: string
}

export interface IniSection extends Place {
  readonly name: string
  /** By the names in small letters. */
  readonly options: Map<string, IniValue>
}

/** A line that is neither a section, an option nor a comment. */
export interface IniProblem extends Place {
  readonly message: string
}

/**
 * Reads an INI file as Python's RawConfigParser does with `inline_comment_prefixes=(';', '#')` and
 * `strict=False`, which is how supervisord 4 reads its own (configparser.py, `_read`): a line that is
 * indented deeper than its option goes on with the value, empty lines may be part of it, a comment is a
 * line that begins with `#` or `;` or what follows one of them after a blank. Sections and options that
 * come again replace what was there.
 *
 * @param sections what was read before, which is added to
 */
export function readIni(
  text: string,
  { path, file }: { readonly path: string; readonly file: string },
  sections: Map<string, IniSection>,
): IniProblem[] {
  const problems: IniProblem[] = []
  let section: IniSection | null = null
  let open: { name: string; parts: string[]; line: number } | null = null
  let indent = 0
  const close = (): void => {
    if (open !== null && section !== null) {
      const value = open.parts.join('\n').trimEnd()
      section.options.set(open.name, { value, path, file, line: open.line })
    }
    open = null
  }
  text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/)
    .forEach((row, index) => {
      const line = index + 1
      const end = commentStart(row)
      const value = row.slice(0, end ?? row.length).trim()
      if (value === '') {
        // Python keeps empty lines of a value, but not those that are empty for a comment.
        if (end === null && open !== null) open.parts.push('')
        return
      }
      const depth = row.search(/\S/)
      if (section !== null && open !== null && depth > indent) {
        open.parts.push(value)
        return
      }
      close()
      indent = depth
      const header = /^\[(.+)\]/.exec(value)?.[1]
      if (header !== undefined) {
        const known = sections.get(header)
        section = known ?? { name: header, file, line, options: new Map() }
        if (known === undefined) sections.set(header, section)
        return
      }
      if (section === null) {
        problems.push({ file, line, message: 'this stands before the first [section]' })
        return
      }
      const [, name = '', written = ''] = /^(.*?)\s*[=:]\s*(.*)$/s.exec(value) ?? []
      if (name === '')
        problems.push({ file, line, message: 'this is neither [section] nor NAME=VALUE' })
      else open = { name: name.toLowerCase(), parts: [written.trim()], line }
    })
  close()
  return problems
}

/** Where the comment of a line begins; null where it has none. */
function commentStart(row: string): number | null {
  if (/^\s*[#;]/.test(row)) return 0
  let start: number | null = null
  let at: Record<string, number> = { ';': -1, '#': -1 }
  // Looked for one after the other, as Python does it: the nearest of a round counts.
  while (start === null && Object.keys(at).length > 0) {
    const next: Record<string, number> = {}
    for (const [prefix, last] of Object.entries(at)) {
      const found = row.indexOf(prefix, last + 1)
      if (found === -1) continue
      next[prefix] = found
      if (found === 0 || /\s/.test(row[found - 1] as string))
        start = Math.min(start ?? found, found)
    }
    at = next
  }
  return start
}
