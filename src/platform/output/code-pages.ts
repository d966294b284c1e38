import type { LogEncoding } from '../../model/log-encoding.ts'
import { type Charset, charsetOf, tableCharset } from '../../output/charset.ts'
import { codePage, upperHalf } from '../win32/code-pages.ts'

/** Code pages of Windows ("Code Page Identifiers") that TextDecoder knows under another name. */
const LABELS: Readonly<Record<number, string>> = {
  866: 'ibm866',
  874: 'windows-874',
  932: 'shift_jis',
  936: 'gbk',
  949: 'euc-kr',
  950: 'big5',
  54936: 'gb18030',
}
const UTF8 = 65001

/** How bytes in this encoding become text; null where they are UTF-8 already. */
export function charsetFor(encoding: LogEncoding | undefined): Charset | null {
  // A guard of an earlier version wrote none into its state.
  if (encoding === undefined || encoding === 'utf-8') return null
  if (encoding !== 'oem' && encoding !== 'ansi') return charsetOf(encoding)
  return process.platform === 'win32' ? pageCharset(codePage(encoding)) : null
}

/** @param page a number of "Code Page Identifiers" */
function pageCharset(page: number): Charset | null {
  if (page === UTF8) return null
  const label = LABELS[page] ?? (page >= 1250 && page <= 1258 ? `windows-${page}` : null)
  return label === null ? tableCharset(upperHalf(page)) : charsetOf(label)
}
