/** Command lines for CreateProcessW, which takes one text and leaves it to the program to take it apart. */

/** CreateProcessW: 32,767 characters with the NUL; cmd.exe takes 8,191. */
const LONGEST = 32_766
const LONGEST_OF_CMD = 8_191

/** What cannot be said on a command line, in words. */
export interface Unquotable {
  readonly problem: string
  readonly errno: 'EINVAL' | 'E2BIG'
}

/**
 * As CommandLineToArgvW and the C runtime take it apart ("Parsing C++ command-line arguments"):
 * quotes where an argument needs them, backslashes doubled before a quote and nowhere else.
 *
 * @param args the first is the program's name, which knows no escapes and is always quoted
 */
export function programCommandLine(args: readonly string[]): string | Unquotable {
  const [name = '', ...rest] = args
  if (name.includes('"'))
    return invalid(`the program's name ${JSON.stringify(name)} has a quote in it`)
  return within([`"${name}"`, ...rest.map(quoted)].join(' '), LONGEST)
}

/**
 * A batch file for `cmd.exe /d /e:on /v:off /s /c`. cmd.exe looks at the whole line before the script
 * sees its arguments, so that `&`, `%PATH%` or a quote in an argument would be commands to it
 * (CVE-2024-24576). Every argument is quoted; a quote in it is doubled, which keeps cmd.exe's count
 * of quotes even; `%` becomes the empty substring of a variable that is always there, and a `%`. What
 * no quoting carries through, a line break, is refused.
 */
export function batchCommandLine(
  cmd: string,
  script: string,
  args: readonly string[],
): string | Unquotable {
  // A file name of Windows has none of these; a path ending in a backslash is a directory.
  if (/["\r\n\0]|\\$/.test(script))
    return invalid(`no batch file is called ${JSON.stringify(script)}`)
  const words = [batchWord(script)]
  for (const argument of args) {
    if (/[\r\n\0]/.test(argument)) {
      return invalid(
        `the argument ${JSON.stringify(argument)} has a line break, which no batch file can be given`,
      )
    }
    words.push(batchWord(argument))
  }
  return within(`"${cmd}" /d /e:on /v:off /s /c "${words.join(' ')}"`, LONGEST_OF_CMD)
}

function batchWord(argument: string): string {
  // Backslashes before a quote are doubled for the program that the script passes it on to.
  const text = argument
    .replaceAll(/(\\*)"/g, '$1$1""')
    .replace(/(\\+)$/, '$1$1')
    .replaceAll('%', '%%cd:~,%')
  return `"${text}"`
}

function quoted(argument: string): string {
  if (argument !== '' && !/[ \t\n\v"]/.test(argument)) return argument
  const text = argument.replaceAll(/(\\*)"/g, '$1$1\\"').replace(/(\\+)$/, '$1$1')
  return `"${text}"`
}

function within(line: string, longest: number): string | Unquotable {
  if (line.includes('\0')) return invalid('there is a NUL character in the arguments')
  if (line.length <= longest) return line
  return {
    problem: `the command line has ${line.length} characters, and Windows takes ${longest}`,
    errno: 'E2BIG',
  }
}

function invalid(problem: string): Unquotable {
  return { problem, errno: 'EINVAL' }
}
