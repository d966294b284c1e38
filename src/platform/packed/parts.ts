import { fileURLToPath } from 'node:url'
import { packed } from './facts.ts'

/** Parts of stead that run as processes of their own. */
export const PACKED_PARTS = ['console-messenger', 'read-spec', 'stead', 'service'] as const

export type PackedPart = (typeof PACKED_PARTS)[number]

/** First word of an executable's command line that asks for a part of stead that is inside. */
const FLAG = '--stead-part='

export function partFlag(part: PackedPart): string {
  return `${FLAG}${part}`
}

/** The part that a command line asks for. */
export function askedPart(word: string | undefined): PackedPart | null {
  if (word?.startsWith(FLAG) !== true) return null
  return PACKED_PARTS.find((part) => word === partFlag(part)) ?? null
}

/**
 * The words behind this process's executable that start a part of stead as a process of its own.
 *
 * @param file URL of its module where nothing is packed
 */
export function partWords(part: PackedPart, file: string | URL): readonly string[] {
  return packed() === null ? [...process.execArgv, fileURLToPath(file)] : [partFlag(part)]
}
