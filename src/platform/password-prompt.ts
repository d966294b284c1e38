import { StringDecoder } from 'node:string_decoder'

/** More than this is no password: LM20_PWLEN and its successors end at 256 (UNLEN of <lmcons.h>). */
const LONGEST = 1_024
const ENTER: ReadonlySet<string> = new Set(['\r', '\n'])
/** Ctrl-C and Ctrl-D. */
const BREAK: ReadonlySet<string> = new Set(['\u0003', '\u0004'])

/** A terminal that one types at, or a pipe: standard input. */
export interface PasswordInput {
  readonly isTTY?: boolean
  setRawMode?(raw: boolean): unknown
  on(event: 'data', take: (bytes: Buffer | string) => void): unknown
  on(event: 'end' | 'error', take: () => void): unknown
  removeListener(event: string, take: (...args: never[]) => void): unknown
  resume(): unknown
  pause(): unknown
}

/**
 * Asks for a password at a terminal, which does not show it.
 *
 * @param say writes the question
 * @returns null where it was broken off: Ctrl-C, Ctrl-D, the end of the input
 */
export function askPassword(
  input: PasswordInput,
  say: (text: string) => void,
  question: string,
): Promise<string | null> {
  say(question)
  input.setRawMode?.(true)
  const decoder = new StringDecoder('utf8')
  let typed: string[] = []
  return new Promise((resolve) => {
    const finish = (password: string | null): void => {
      input.removeListener('data', take)
      input.removeListener('end', stop)
      input.removeListener('error', stop)
      input.setRawMode?.(false)
      input.pause()
      say('\n')
      resolve(password)
    }
    const stop = (): void => finish(null)
    const take = (bytes: Buffer | string): void => {
      for (const key of typeof bytes === 'string' ? bytes : decoder.write(bytes)) {
        if (ENTER.has(key) || BREAK.has(key)) {
          finish(ENTER.has(key) ? typed.join('') : null)
          return
        }
        if (key === '\u007f' || key === '\b') typed = typed.slice(0, -1)
        else if (key === '\u0015') typed = []
        else if (key >= ' ' && typed.length < LONGEST) typed.push(key)
      }
    }
    input.on('data', take)
    input.on('end', stop)
    input.on('error', stop)
    input.resume()
  })
}

/**
 * The password that a program hands over on a pipe: everything up to the end, or to the first line
 * break.
 *
 * @returns null for more than a password has, or for more than a line
 */
export async function pipedPassword(input: AsyncIterable<Buffer | string>): Promise<string | null> {
  const decoder = new StringDecoder('utf8')
  let text = ''
  for await (const bytes of input) {
    text += typeof bytes === 'string' ? bytes : decoder.write(bytes)
    if (text.length > LONGEST + 2) return null
  }
  const [line = '', ...rest] = (text + decoder.end()).replace(/^\ufeff/, '').split(/\r?\n/)
  return rest.every((more) => more === '') && rest.length <= 1 ? line : null
}
