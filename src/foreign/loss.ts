import { suggest } from '../model/suggest.ts'

/** A line of a file of another supervisor. */
export interface Place {
  /** As it is shown. */
  readonly file: string
  /** From 1. */
  readonly line: number
}

/** Something that could not be carried over, or not wholly. */
export interface Loss extends Place {
  /** The service it belongs to, by the name that it had; null where it is about all. */
  readonly service: string | null
  /** The setting, as the format calls it. */
  readonly setting: string
  readonly why: string
  /** What to write or do instead; null where there is nothing. */
  readonly instead: string | null
}

/** More losses than these are counted, and not kept. */
export const MAX_LOSSES = 2_000

/** Why the value of a setting is lost that knows other words only. */
export function unknownWord(word: string, known: readonly string[]): string {
  const near = suggest(word.slice(0, 80), known)
  return `${JSON.stringify(word.slice(0, 40))} is none of ${known.join(', ')}${near === null ? '' : `; did you mean ${near}?`}`
}

/** Why a setting is lost that nobody knows, with what was probably meant. */
export function unknownSetting(name: string, known: Iterable<string>): string {
  const near = suggest(name.slice(0, 80), known)
  return `there is no such setting${near === null || near === name ? '' : `; did you mean ${near}?`}`
}
