import { createRequire } from 'node:module'
import type { LibraryHandle } from 'koffi'
import { WindowsError } from '../../model/windows-error.ts'

type Koffi = typeof import('koffi').default
type KoffiFunction = ReturnType<LibraryHandle['func']>

/** koffi, loaded when the first call needs it: loading costs twelve milliseconds. */
export function koffi(): Koffi {
  loaded ??= createRequire(import.meta.url)('koffi') as Koffi
  return loaded
}
let loaded: Koffi | null = null

/** Functions of a library of Windows by their C prototypes, bound at the first use of the result. */
export function bind<K extends string>(
  library: string,
  prototypes: Readonly<Record<K, string>>,
): () => Readonly<Record<K, KoffiFunction>> {
  let bound: Readonly<Record<K, KoffiFunction>> | null = null
  return () => {
    bound ??= bindNow(koffi().load(library), prototypes)
    return bound
  }
}

function bindNow<K extends string>(
  library: LibraryHandle,
  prototypes: Readonly<Record<K, string>>,
): Readonly<Record<K, KoffiFunction>> {
  const functions: Partial<Record<K, KoffiFunction>> = {}
  for (const name of Object.keys(prototypes) as K[])
    functions[name] = library.func(prototypes[name])
  return functions as Readonly<Record<K, KoffiFunction>>
}

/** A handle of Windows; koffi gives pointers as integers, and null for NULL. */
export type Handle = bigint | number

const kernel32 = bind('kernel32.dll', {
  GetLastError: 'uint32_t __stdcall GetLastError()',
})

/** GetLastError of this thread: to be asked right after the call that failed. */
export function lastError(): number {
  return kernel32().GetLastError() as number
}

/** Passes a result on, or throws the last error when it is zero or NULL. */
export function checked<T>(api: string, result: T): T {
  if (isZero(result)) throw new WindowsError(api, lastError())
  return result
}

/**
 * Calls a function that may take long on a thread of its own.
 *
 * koffi keeps the last error of that thread for the callback.
 */
export function checkedAsync(
  api: string,
  call: KoffiFunction,
  ...args: readonly unknown[]
): Promise<void> {
  return new Promise((resolve, reject) => {
    call.async(...args, (error: unknown, result: unknown) => {
      const number = isZero(result) ? lastError() : 0
      if (error) reject(error)
      else if (isZero(result)) reject(new WindowsError(api, number))
      else resolve()
    })
  })
}

function isZero(result: unknown): boolean {
  return result === null || result === 0 || result === 0n || result === false
}

/** UTF-16 with the NUL that ends it: REG_SZ. */
export function wideText(text: string): Buffer {
  return Buffer.from(`${text}\0`, 'utf16le')
}

/** Each text with its NUL, and one more at the end: REG_MULTI_SZ, lpDependencies. */
export function wideTexts(texts: readonly string[]): Buffer {
  const joined = texts.map((text) => `${text}\0`).join('')
  return Buffer.from(texts.length === 0 ? '\0\0' : `${joined}\0`, 'utf16le')
}

/** Reads what {@link wideTexts} writes, from `offset` to the double NUL or the end of the buffer. */
export function readWideTexts(buffer: Buffer, offset = 0): string[] {
  const texts: string[] = []
  let start = offset
  for (let at = offset; at + 1 < buffer.length; at += 2) {
    if (buffer.readUInt16LE(at) !== 0) continue
    if (at === start) return texts
    texts.push(buffer.toString('utf16le', start, at))
    start = at + 2
  }
  if (start < buffer.length) texts.push(buffer.toString('utf16le', start))
  return texts
}

/** The text from `offset` to its NUL or the end of the buffer. */
export function readWideText(buffer: Buffer, offset = 0): string {
  let end = offset
  while (end + 1 < buffer.length && buffer.readUInt16LE(end) !== 0) end += 2
  return buffer.toString('utf16le', offset, end)
}
