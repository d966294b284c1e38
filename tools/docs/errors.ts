import { type ErrorCode, errorTable } from '../../src/errors.ts'

/** Stand-ins for what an error names, so that its words can be shown. */
const LISTS: ReadonlySet<PropertyKey> = new Set([
  'problems',
  'settings',
  'legal',
  'executables',
  'packages',
  'tried',
])

const stand = new Proxy(
  {},
  {
    get(_, key) {
      const word = String(key).toUpperCase()
      return LISTS.has(key) ? [`${word}…`] : word
    },
  },
)

type Words = (params: never) => string

/** docs/reference/errors.md: every code, with its words and the exit code it ends a command with. */
export function errorsReference(): string {
  const codes = (Object.keys(errorTable) as ErrorCode[]).sort()
  const rows = codes.map(
    (code) => `| [${code}](#${code.toLowerCase()}) | ${errorTable[code].exit} |`,
  )
  const sections = codes.map((code) => {
    const { about, message, hint, exit } = errorTable[code]
    const say = (words: Words): string => words(stand as never)
    return [
      `## ${code}`,
      about,
      '```text',
      `error: ${code}: ${say(message as Words)}`,
      `hint: ${say(hint as Words)}`,
      '```',
      `Exit code ${exit}.`,
    ]
      .join('\n\n')
      .replaceAll('```text\n\n', '```text\n')
      .replace(/\n\n(hint: .*)\n\n```/, '\n$1\n```')
  })
  return `${[
    '<!-- Written by "npm run docs" from src/errors.ts; do not edit. -->',
    '# Errors',
    'Every error of the command line and of the library has a code, one line that names what it is about, and a hint that names what to do next. Words in capitals stand for what an error names. With `--json` the same goes to standard error as one JSON object; with `--verbose` the causes follow. A program tells errors apart by `code`, never by the message.',
    'Exit codes are those of systemctl(1): 1 failure, 2 wrong use, 4 no right, 5 not installed, 7 not running. `stead status` has its own: 0 running, 3 not running, 4 no such service.',
    ['| code | exit code |', '|---|---|', ...rows].join('\n'),
    ...sections,
  ].join('\n\n')}\n`
}
