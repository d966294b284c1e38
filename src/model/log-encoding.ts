/**
 * What a program writes in. `utf-8` is taken as it is. `oem` and `ansi` are the code pages of consoles
 * and of the rest of Windows on that machine (GetOEMCP, GetACP); elsewhere both are UTF-8. The others
 * are labels of the Encoding Standard (encoding.spec.whatwg.org), of whose encodings those are left out
 * in which a line break says nothing about where a character begins.
 */
export const LOG_ENCODINGS = [
  'utf-8',
  'oem',
  'ansi',
  'utf-16le',
  'utf-16be',
  'gbk',
  'gb18030',
  'big5',
  'shift_jis',
  'euc-jp',
  'euc-kr',
  'ibm866',
  'koi8-r',
  'koi8-u',
  'macintosh',
  'windows-874',
  'windows-1250',
  'windows-1251',
  'windows-1252',
  'windows-1253',
  'windows-1254',
  'windows-1255',
  'windows-1256',
  'windows-1257',
  'windows-1258',
  'iso-8859-2',
  'iso-8859-5',
  'iso-8859-7',
  'iso-8859-15',
] as const

export type LogEncoding = (typeof LOG_ENCODINGS)[number]

/** Bytes of a line break in it. */
export function unitOf(encoding: string): 1 | 2 {
  return encoding.startsWith('utf-16') ? 2 : 1
}
