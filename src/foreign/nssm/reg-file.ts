import {
  type RegistryData,
  type RegistryEntry,
  type RegistryKey,
  registryData,
} from '../../model/registry-tree.ts'
import { invalid } from '../structure.ts'

const SIGNATURE = /^(?:Windows Registry Editor Version 5\.00|(REGEDIT4))\s*$/
const REG_BINARY = 3

/**
 * The keys of a file that `reg export` or regedit has written, in their order; keys and values that it
 * would remove are left out.
 *
 * @param file as it is called in messages
 * @throws FOREIGN_INVALID
 */
export function readRegFile(file: string, text: string): RegistryKey[] {
  const rows = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/)
  const first = rows.findIndex((row) => row.trim() !== '')
  const signature = SIGNATURE.exec(rows[first] ?? '')
  if (signature === null) {
    throw invalid(file, [
      `${file}:1: it does not begin with "Windows Registry Editor Version 5.00", as what reg export writes does`,
    ])
  }
  const wide = signature[1] === undefined
  const keys: { path: string; line: number; values: RegistryEntry[] }[] = []
  const problems: string[] = []
  let key: (typeof keys)[number] | null = null
  for (let at = first + 1; at < rows.length; at += 1) {
    const line = at + 1
    let row = (rows[at] as string).trim()
    if (row === '' || row.startsWith(';')) continue
    const header = /^\[(-?)([^\]]*)\]$/.exec(row)
    if (header !== null) {
      key = { path: header[2] as string, line, values: [] }
      if (header[1] === '') keys.push(key)
      continue
    }
    // Only lists of bytes go on in the next line.
    while (/=hex[^"]*\\$/.test(row) && at + 1 < rows.length) {
      at += 1
      row = row.slice(0, -1) + (rows[at] as string).trim()
    }
    const entry = entryOf(row, line, wide)
    if (entry === null || key === null) problems.push(`${file}:${line}: it is no value of a key`)
    else if (entry !== 'removed') key.values.push(entry)
  }
  if (problems.length > 0) throw invalid(file, problems.slice(0, 20))
  return keys
}

function entryOf(row: string, line: number, wide: boolean): RegistryEntry | 'removed' | null {
  const match = /^(?:@|"((?:[^"\\]|\\.)*)")\s*=\s*(.*)$/.exec(row)
  if (match === null) return null
  const written = match[2] as string
  if (written === '-') return 'removed'
  const data = dataOf(written, wide)
  return data === null ? null : { name: unescaped(match[1] ?? ''), data, line }
}

function dataOf(written: string, wide: boolean): RegistryData | null {
  const text = /^"((?:[^"\\]|\\.)*)"$/.exec(written)
  if (text !== null) return { kind: 'text', text: unescaped(text[1] as string), expands: false }
  const number = /^dword:([0-9a-f]{1,8})$/i.exec(written)
  if (number !== null) return { kind: 'number', number: Number.parseInt(number[1] as string, 16) }
  const hex = /^hex(?:\(([0-9a-f]{1,8})\))?:([0-9a-f,\s]*)$/i.exec(written)
  if (hex === null) return null
  const words = (hex[2] as string).split(',').map((byte) => byte.trim())
  if (words.some((byte) => byte.length > 2)) return null
  const bytes = Uint8Array.from(
    words.filter((byte) => byte !== ''),
    (byte) => Number.parseInt(byte, 16),
  )
  return registryData(Number.parseInt(hex[1] ?? String(REG_BINARY), 16), bytes, wide)
}

/** Within quotes a backslash and a quote are written with a backslash before them. */
function unescaped(text: string): string {
  return text.replace(/\\(.)/g, '$1')
}
