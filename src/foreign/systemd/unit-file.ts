import type { Place } from '../loss.ts'

/** An assignment of a unit, as it stands there. */
export interface Assignment extends Place {
  readonly section: string
  readonly name: string
  readonly value: string
}

/**
 * Reads a unit by systemd.syntax(7): comments begin with `#` or `;`, a backslash at the end of a line joins
 * the next one to it as a blank, comments within are passed over.
 */
export function readUnit(
  text: string,
  file: string,
): { settings: Assignment[]; problems: string[] } {
  const settings: Assignment[] = []
  const problems: string[] = []
  let section = ''
  let open: { text: string; line: number } | null = null
  text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .forEach((row, index) => {
      if (/^\s*[#;]/.test(row)) return
      const whole: string = open === null ? row : `${open.text} ${row}`
      const line: number = open?.line ?? index + 1
      if (/\\$/.test(row)) {
        open = { text: whole.slice(0, -1), line }
        return
      }
      open = null
      const trimmed = whole.trim()
      if (trimmed === '') return
      const header = /^\[([^\]]*)\]$/.exec(trimmed)?.[1]
      if (header !== undefined) {
        section = header
        return
      }
      const at = trimmed.indexOf('=')
      if (at <= 0 || section === '')
        problems.push(`${file}:${line}: this is neither [Section] nor NAME=VALUE in one`)
      else
        settings.push({
          section,
          name: trimmed.slice(0, at).trim(),
          value: trimmed.slice(at + 1).trim(),
          file,
          line,
        })
    })
  return { settings, problems }
}
