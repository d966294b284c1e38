import { withDollars } from './variable.ts'

const PLAIN =
  /^(?:(?:[A-Za-z_]|[./]{1,2}[A-Za-z_/]|--?[A-Za-z])[A-Za-z0-9_/.@%+=-]*|\d+(?:ms|[smhdKMGT]))$/
/** What YAML 1.1 or 1.2 take for something other than a text. */
const WORDS = /^(?:true|false|null|yes|no|on|off|y|n|\.inf|\.nan)$/i
/** Maps of settings that read best on a line of their own for each member. */
const TALL = new Set(['env', 'dependsOn', 'labels'])
const WIDTH = 90

/** A value of YAML in its flow style. */
export function flow(value: unknown): string {
  if (typeof value === 'string') return scalar(value)
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).filter(([, item]) => item !== undefined)
    if (members.length === 0) return '{}'
    return `{ ${members.map(([key, item]) => `${scalar(key)}: ${flow(item)}`).join(', ')} }`
  }
  return String(value)
}

function scalar(text: string): string {
  const written = withDollars(text)
  if (PLAIN.test(written) && !WORDS.test(written)) return written
  // JSON is YAML; what a reader of ours would refuse as a broken byte is escaped as well.
  return JSON.stringify(written).replace(
    /[\x7f-\x9f\u2028\u2029\ufeff\ufffd-\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** `name: value`, over as many lines as it needs, each with its indentation. */
export function setting(name: string, value: unknown, indent: string): string[] {
  const head = `${indent}${scalar(name)}:`
  const line = `${head} ${flow(value)}`
  if (typeof value !== 'object' || value === null || Object.keys(value).length === 0) return [line]
  if (line.length <= WIDTH && !(TALL.has(name) && Object.keys(value).length > 1)) return [line]
  const deeper = `${indent}  `
  if (Array.isArray(value)) return [head, ...value.map((item) => `${deeper}- ${flow(item)}`)]
  return [head, ...Object.entries(value).flatMap(([key, item]) => setting(key, item, deeper))]
}

/** Comment lines; a comment has no line breaks and nothing that a terminal would obey. */
export function comment(text: string, indent: string): string[] {
  const words = text
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the range is what is asked about
    .replace(/[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufdd0-\ufdef\ufeff\ufffd-\uffff]+/g, ' ')
    .trim()
    .slice(0, 600)
    .split(/ +/)
  const lines: string[] = []
  let line = ''
  for (const word of words) {
    if (line !== '' && line.length + word.length + 1 > WIDTH - indent.length) {
      lines.push(line)
      line = ''
    }
    line += line === '' ? word : ` ${word}`
  }
  return [...lines, line].map((one) => `${indent}# ${one}`)
}
