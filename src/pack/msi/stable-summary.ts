import { SteadError } from '../../errors.ts'
import { stableGuid } from './stable-guid.ts'

/** FMTID_SummaryInformation, F29F85E0-4FF9-1068-AB91-08002B27B3D9, as it is stored ([MS-OLEPS] 2.21). */
const FORMAT = Buffer.from('e0859ff2f94f6810ab9108002b27b3d9', 'hex')
const REVISION = 9
const TIMES = [12, 13]
const VT_LPSTR = 30
const VT_FILETIME = 64
/** Seconds from 1601 to 1970. */
const EPOCH_OF_WINDOWS = 11_644_473_600n

/**
 * An MSI with the times and the package code that follow from what it is: wixl writes those of its own run, and knows
 * no SOURCE_DATE_EPOCH. A summary is a few hundred bytes, which lie in one piece ([MS-CFB], mini stream).
 *
 * @param name what the package code is derived from: another one for every other content
 */
export function withStableSummary(msi: Uint8Array, name: string, epoch: number): Uint8Array {
  const bytes = Buffer.from(msi)
  const format = bytes.indexOf(FORMAT)
  if (format < 0) throw damaged('no summary')
  // The set begins 28 bytes before its first format, and offsets count from there.
  const section = format - 28 + bytes.readUInt32LE(format + 16)
  for (let index = 0; index < bytes.readUInt32LE(section + 4); index += 1) {
    const entry = section + 8 + index * 8
    const id = bytes.readUInt32LE(entry)
    const value = section + bytes.readUInt32LE(entry + 4)
    if (TIMES.includes(id)) {
      expectType(bytes, value, VT_FILETIME)
      bytes.writeBigUInt64LE((BigInt(epoch) + EPOCH_OF_WINDOWS) * 10_000_000n, value + 4)
    }
    if (id === REVISION) {
      expectType(bytes, value, VT_LPSTR)
      bytes.write(`{${stableGuid(name)}}`, value + 8, 'latin1')
    }
  }
  return bytes
}

function expectType(bytes: Buffer, at: number, type: number): void {
  if (bytes.readUInt32LE(at) !== type) throw damaged(`type ${bytes.readUInt32LE(at)} for ${type}`)
}

function damaged(detail: string): SteadError {
  return new SteadError('INTERNAL', { detail: `the summary of an MSI cannot be read: ${detail}` })
}
