import type { ProbeTarget } from './program-checks.ts'
import { maskUrls } from './secret-names.ts'

/** Something of the world that has to be there before a program is started. */
export type Need = (
  | ProbeTarget
  /** Something has this path, whatever it is; symbolic links are followed. */
  | { readonly kind: 'file'; readonly path: string }
  /** The name has an address, as programs of this machine look it up: getaddrinfo(3). */
  | { readonly kind: 'dns'; readonly name: string }
) & {
  /** Milliseconds that one try may take. */
  readonly timeout: number
}

/** What was found missing by one try, in words: `tcp db:5432` and `connection refused`. */
export interface UnmetNeed {
  readonly need: string
  readonly how: string
}

/** A need for people: its kind and what it asks. Passwords in addresses are masked. */
export function describeNeed(need: Need): string {
  switch (need.kind) {
    case 'http':
      return `http ${maskUrls(need.url)}`
    case 'tcp':
      return `tcp ${need.host.includes(':') ? `[${need.host}]` : need.host}:${need.port}`
    case 'file':
      return `file ${need.path}`
    case 'dns':
      return `dns ${need.name}`
    case 'exec':
      return `exec ${shortened(need.command.join(' '))}`
  }
}

/** On one line: scripts have several. */
function shortened(text: string): string {
  const line = text.replace(/\s+/g, ' ')
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line
}

/** Characters of a command that are shown. */
const LONGEST = 100

/** The codes that a try of a need ends with again and again, in words: errno(3), getaddrinfo(3). */
const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  ETIMEDOUT: 'connection timed out',
  EHOSTUNREACH: 'no route to it',
  ENETUNREACH: 'no network to it',
  ENOTFOUND: 'no such name',
  EAI_AGAIN: 'no name server answers',
  ENOENT: 'not there',
  ENOTDIR: 'not there',
  EACCES: 'no right to look',
}

/** How a try failed, for people. */
export function describeFailure(detail: string): string {
  return WORDS[detail] ?? detail
}

/** With the paths of files made whole. */
export function needsWithPaths(
  needs: readonly Need[],
  whole: (path: string) => string,
): readonly Need[] {
  return needs.map((need) => (need.kind === 'file' ? { ...need, path: whole(need.path) } : need))
}
