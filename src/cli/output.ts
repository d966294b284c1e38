import { isSteadError, SteadError } from '../errors.ts'

/** How a command speaks. */
export interface Output {
  readonly json: boolean
  /** Colour is for terminals alone; NO_COLOR turns it off. */
  readonly colour: boolean
  /** The answer itself, on standard output. */
  answer(text: string): void
  /** The answer as one JSON document. */
  object(value: unknown): void
  /** One line on standard output, whatever was asked for. */
  line(text: string): void
  /** What was done, for people; silent with --quiet and with --json. */
  done(text: string): void
  /** One line on standard error. */
  error(error: unknown): void
  /**
   * Shows that something takes its time once it has taken a second, until it settles.
   *
   * @param text asked for anew each time it is shown, where it is a function
   */
  progress<T>(text: string | (() => string), work: Promise<T>): Promise<T>
}

export interface OutputOptions {
  readonly json?: boolean | undefined
  readonly quiet?: boolean | undefined
  readonly verbose?: boolean | undefined
}

/** Work shorter than this is shown only by its result, in milliseconds. */
const PATIENCE = 1_000

export function makeOutput({
  json = false,
  quiet = false,
  verbose = false,
}: OutputOptions): Output {
  const { stdout, stderr } = process
  // A reader that has had enough, such as head(1), is no error.
  if (stdout.listenerCount('error') === 0) stdout.on('error', ignoreClosedPipe)
  const colour = Boolean(stdout.isTTY) && !process.env.NO_COLOR && process.env.TERM !== 'dumb'
  return {
    json,
    colour,
    line: (text) => void stdout.write(`${text}\n`),
    answer: (text) => void stdout.write(`${text}\n`),
    object: (value) => void stdout.write(`${JSON.stringify(value, null, 2)}\n`),
    done(text) {
      if (!quiet && !json) stdout.write(`${text}\n`)
    },
    error(error) {
      if (json) stderr.write(`${JSON.stringify({ error: errorObject(error) })}\n`)
      else stderr.write(errorText(error, verbose))
    },
    async progress(text, work) {
      if (quiet || json) return work
      const since = performance.now()
      const terminal = Boolean(stderr.isTTY)
      const show = (): void => {
        const seconds = Math.round((performance.now() - since) / 1000)
        const now = typeof text === 'string' ? text : text()
        stderr.write(terminal ? `\r\u001b[K${now} … ${seconds} s` : `${now} …\n`)
      }
      let ticker: NodeJS.Timeout | undefined
      const first = setTimeout(() => {
        show()
        if (terminal) ticker = setInterval(show, PATIENCE)
      }, PATIENCE)
      try {
        return await work
      } finally {
        clearTimeout(first)
        clearInterval(ticker)
        if (terminal && ticker !== undefined) stderr.write('\r\u001b[K')
      }
    },
  }
}

function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error
}

/** The exit code of a command that ended with this error. */
export function exitCodeFor(error: unknown): number {
  return isSteadError(error) ? error.exit : 1
}

/** What people are told of whatever was thrown: what is no error of stead's table is a defect of stead. */
export function toldError(error: unknown): SteadError {
  if (isSteadError(error)) return error
  const detail = String((error as Error | null)?.message ?? error)
  return new SteadError('INTERNAL', { detail }, { cause: error })
}

function errorObject(error: unknown): Record<string, unknown> {
  const { code, message, hint, params } = toldError(error)
  return { code, message, hint, ...params }
}

/** Errors that have several problems, a line each. */
const OF_LINES: ReadonlySet<string> = new Set([
  'GUARD_FILE_INVALID',
  'FOREIGN_INVALID',
  'PARAMETER_INVALID',
  'PACK_FILE_INVALID',
  'PACK_ENTRY_INVALID',
  'PACK_TOOL_FAILED',
])

function errorText(error: unknown, verbose: boolean): string {
  const told = toldError(error)
  // The problems of a file come with the lines of the file, a line each.
  const message = OF_LINES.has(told.code)
    ? told.message.split('\n').map(onOneLine).join('\n')
    : onOneLine(told.message)
  const lines = `error: ${told.code}: ${message}\nhint: ${onOneLine(told.hint)}\n`
  return verbose ? `${lines}${causes(told)}` : lines
}

/** What a message names may hold line breaks, and worse for a terminal: they are shown, not sent. */
function onOneLine(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the range is what is asked about
  return text.replace(/[\x00-\x1f\x7f-\x9f]/g, (char) =>
    char === '\n' ? '\\n' : `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`,
  )
}

function causes(error: unknown): string {
  let text = ''
  for (let at: unknown = error; at instanceof Error; at = at.cause)
    text += `${at.stack ?? at.message}\n`
  return text
}
