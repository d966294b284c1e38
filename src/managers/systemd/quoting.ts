/**
 * How values are written into unit files so that systemd reads back exactly the same bytes.
 * Rules: systemd.syntax(7) "QUOTING", systemd.service(5) "COMMAND LINES", systemd.unit(5) "SPECIFIERS".
 */

/** What a value holds that no writing of it can carry, in words; null where all is well. */
export type Problem = string | null

const PLAIN_WORD = /^[A-Za-z0-9_@+=:,./-]+$/

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\n': '\\n',
  '\t': '\\t',
  '\r': '\\r',
}

/** `%` begins a specifier everywhere in a unit. */
function escapeSpecifiers(text: string): string {
  return text.replaceAll('%', '%%')
}

/** A word in double quotes with C escapes, where it needs any. */
function quoteWord(text: string): string {
  if (PLAIN_WORD.test(text)) return text
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is escaped
  const escaped = text.replace(/["\\\x00-\x1f\x7f]/g, (character) => {
    const code = character.charCodeAt(0).toString(16).padStart(2, '0')
    return ESCAPES[character] ?? `\\x${code}`
  })
  return `"${escaped}"`
}

/**
 * An Exec line. `$` is doubled, so that no variable is replaced; in the path of the executable
 * systemd does not read `$$` as `$`, so there the line gets the prefix `:`, which turns the
 * replacing of variables off (systemd.service(5), since v244).
 */
export function execLine(file: string, args: readonly string[]): string {
  const verbatim = file.includes('$')
  const words = [file, ...args].map((word) =>
    quoteWord(escapeSpecifiers(verbatim ? word : word.replaceAll('$', '$$$$'))),
  )
  return `${verbatim ? ':' : ''}${words.join(' ')}`
}

/** One assignment of `Environment=`; `$` means nothing there. */
export function environmentAssignment(name: string, value: string): string {
  return quoteWord(escapeSpecifiers(`${name}=${value}`))
}

/** A word of a list of paths, such as `ReadWritePaths=`. */
export function pathWord(path: string): string {
  return quoteWord(escapeSpecifiers(path))
}

/**
 * Text of a setting that is not unquoted at all, such as `Description=`. It is one line, and a
 * backslash at its end would join the next line to it: the blank that keeps them apart is stripped by systemd.
 */
export function plainText(text: string): string {
  const line = escapeSpecifiers(text.replace(/\s+/g, ' ').trim())
  return line.endsWith('\\') ? `${line} ` : line
}

/**
 * `WorkingDirectory=` is not unquoted either, and blanks at its end are stripped: a slash protects
 * them and a last backslash.
 */
export function directoryPath(path: string): string {
  const text = escapeSpecifiers(path)
  return /[\s\\]$/.test(text) ? `${text}/` : text
}

/**
 * `EnvironmentFile=` is a pattern, glob(7): each character with a meaning stands in a class of its
 * own, which also protects blanks at the end.
 */
export function fileAsPattern(path: string): string {
  return escapeSpecifiers(path)
    .replace(/[*?[]/g, '[$&]')
    .replaceAll('\\', '\\\\')
    .replace(/\\\\$/, '[\\\\]')
    .replace(/ $/, '[ ]')
}

/** Why no argument of a program can be this text. */
export function argumentProblem(text: string): Problem {
  if (text.includes('\0')) return 'it holds a NUL byte, which no argument of a program can'
  return unicodeProblem(text)
}

/** `string_is_safe` in systemd's load of an Exec line: no control character, quote or backslash. */
export function executableProblem(path: string): Problem {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the range is what is asked about
  const bad = /[\x00-\x1f\x7f"'\\]/.exec(path)
  if (bad !== null) {
    return `systemd accepts no ${JSON.stringify(bad[0])} in the path of an executable; link to it from a plain path`
  }
  return unicodeProblem(path)
}

/** systemd.exec(5), Environment=: POSIX names; no control character in a value but tab and newline. */
export function environmentProblem(name: string, value: string): Problem {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    return 'systemd accepts only letters, digits and "_" in the name of a variable, and no digit first'
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the range is what is asked about
  const bad = /[\x00-\x08\x0b-\x1f\x7f]/.exec(value)
  if (bad !== null) {
    return `systemd accepts no control character in a value but tab and newline, and it holds ${JSON.stringify(bad[0])}`
  }
  return unicodeProblem(value)
}

/** `Description=`: blanks of all kinds become one blank, other control characters have no place in it. */
export function plainTextProblem(text: string): Problem {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the range is what is asked about
  const bad = /[\x00-\x08\x0e-\x1f\x7f]/.exec(text)
  return bad === null
    ? unicodeProblem(text)
    : `a description is shown in terminals, and it holds ${JSON.stringify(bad[0])}`
}

/** Paths of settings that are not unquoted. */
export function pathProblem(path: string): Problem {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the range is what is asked about
  const bad = /[\x00-\x1f\x7f]/.exec(path)
  if (bad !== null) {
    return `systemd reads this setting without quotes, and the path holds ${JSON.stringify(bad[0])}`
  }
  return unicodeProblem(path)
}

/** D-Bus and systemd take no surrogate and no noncharacter of Unicode: `unichar_is_valid` in systemd. */
function unicodeProblem(text: string): Problem {
  if (!text.isWellFormed()) return 'it holds half a surrogate pair, which UTF-8 cannot carry'
  const bad = /\p{Noncharacter_Code_Point}/u.exec(text)
  if (bad === null) return null
  const code = bad[0].codePointAt(0)?.toString(16).toUpperCase()
  return `systemd takes a text with U+${code}, which Unicode calls no character, for broken`
}
