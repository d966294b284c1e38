/** CreateProcessW takes 32,767 characters, with the NUL at the end. */
export const MAX_COMMAND_LINE = 32_766

/**
 * The command line of a service that CommandLineToArgvW, and the C runtime in front of every
 * `main`, take apart into exactly this executable and these arguments again.
 *
 * The executable is quoted always: of `C:\Program Files\a.exe` without quotes Windows would try
 * `C:\Program.exe` first, which whoever may write there could use.
 */
export function commandLine(file: string, args: readonly string[]): string {
  return [`"${file}"`, ...args.map(quoteArgument)].join(' ')
}

/**
 * What of an executable's path no command line can carry to Windows; null for a good one.
 *
 * In the first word of a command line a quote cannot be escaped, and there is no way to keep
 * `%NAME%` from being replaced, see {@link quoteArgument}.
 */
export function fileProblem(file: string): string | null {
  if (file.includes('"')) return 'a path of Windows has no quote in it'
  if (/%.*%/s.test(file)) {
    return 'the Service Control Manager replaces %NAME% in the path of the executable'
  }
  return null
}

/**
 * One argument by the rules of CommandLineToArgvW: quotes around it where it needs them, backslashes
 * doubled before a quote and nowhere else.
 *
 * The Service Control Manager expands `%NAME%` in the whole command line before it starts the
 * process (ImagePath is an expandable string), and knows no escape. So each `%` stands outside of
 * the quotes, `"a"%"b"`: what is between two of them then begins with a quote, which no name of a
 * variable does, and names that are not there are left alone (ExpandEnvironmentStringsW).
 */
export function quoteArgument(argument: string): string {
  if (argument !== '' && !/[\s"%]/.test(argument)) return argument
  let quoted = '"'
  let backslashes = 0
  for (const character of argument) {
    if (character === '\\') {
      backslashes += 1
      continue
    }
    const special = character === '"' || character === '%'
    quoted += '\\'.repeat(special ? backslashes * 2 : backslashes)
    backslashes = 0
    if (character === '"') quoted += '\\"'
    else if (character === '%') quoted += '"%"'
    else quoted += character
  }
  return `${quoted}${'\\'.repeat(backslashes * 2)}"`
}
