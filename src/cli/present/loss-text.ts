import type { Loss } from '../../foreign/loss.ts'

/** What could not be carried over: one line each, with its place first, as compilers do it. */
export function lossLines(losses: readonly Loss[]): string[] {
  return losses.map(({ file, line, service, setting, why, instead }) => {
    const who = service === null ? '' : `${service}: `
    const what = setting === '' ? '' : `${setting}: `
    return shown(
      `${file}:${line}: lost: ${who}${what}${why}${instead === null ? '' : `; instead: ${instead}`}`,
    )
  })
}

/** Names come out of a foreign file: what a terminal would obey is shown, not sent. */
function shown(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the range is what is asked about
  return text.replace(/[\x00-\x1f\x7f-\x9f]/g, ' ')
}
