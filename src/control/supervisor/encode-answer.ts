import type { RpcResult } from './rpc-value.ts'

export const XML_TYPE = 'text/xml; charset=utf-8'

const HEAD = '<?xml version="1.0"?>\n<methodResponse>\n'
const MAX_INT = 2 ** 31 - 1

/** The answer to a call that came about. */
export function encodeAnswer(result: RpcResult): string {
  return `${HEAD}<params>\n<param>\n${valueText(result)}\n</param>\n</params>\n</methodResponse>\n`
}

/** The answer to a call that did not. */
export function encodeFault(faultCode: number, faultString: string): string {
  return `${HEAD}<fault>\n${valueText({ faultCode, faultString })}\n</fault>\n</methodResponse>\n`
}

function valueText(value: RpcResult): string {
  return `<value>${typedText(value)}</value>`
}

function typedText(value: RpcResult): string {
  if (typeof value === 'string') return `<string>${xmlText(value)}</string>`
  if (typeof value === 'boolean') return `<boolean>${value ? 1 : 0}</boolean>`
  if (typeof value === 'number') return numberText(value)
  if (isList(value)) return `<array><data>${value.map(valueText).join('\n')}</data></array>`
  const members = Object.entries(value).map(
    ([name, member]) => `<member><name>${xmlText(name)}</name>${valueText(member)}</member>`,
  )
  return `<struct>${members.join('\n')}</struct>`
}

function isList(value: RpcResult): value is readonly RpcResult[] {
  return Array.isArray(value)
}

/** `i8` is no type of the first XML-RPC; Python's client and most others know it. */
function numberText(value: number): string {
  if (!Number.isSafeInteger(value)) return `<double>${Number.isFinite(value) ? value : 0}</double>`
  if (value <= MAX_INT && value >= -MAX_INT - 1) return `<int>${value}</int>`
  return `<i8>${value}</i8>`
}

/** Sequences that colour a terminal, or move in it (ECMA-48, control sequences). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: programs print them
const CONTROL_SEQUENCE = /\u001B\[[0-?]*[ -/]*[@-~]/g
const FORBIDDEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: XML 1.0 has no way to write them
  /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g
const ESCAPED: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  // A reader of XML makes it a line break where it stands as it is.
  '\r': '&#13;',
}

/**
 * Any text as text of XML. What XML cannot say at all, such as the colours of a program's output, is
 * left out or becomes U+FFFD: a whole answer that no client can read would help nobody.
 */
export function xmlText(text: string): string {
  return text
    .toWellFormed()
    .replace(CONTROL_SEQUENCE, '')
    .replace(FORBIDDEN, '\uFFFD')
    .replace(/[&<>\r]/g, (character) => ESCAPED[character] as string)
}
