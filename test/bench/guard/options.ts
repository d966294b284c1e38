import { parseArgs } from 'node:util'

export interface Options {
  readonly rows: readonly string[]
  readonly peers: readonly string[]
  /** Whether `--peers` was given. */
  readonly named: boolean
  /** Null for as many as each row wants. */
  readonly rounds: number | null
  readonly restarts: number
  readonly quick: boolean
  readonly write: boolean
}

/** @throws for a row or a peer that does not exist, and for a number that is none */
export function readOptions(
  words: readonly string[],
  rows: readonly string[],
  peers: readonly string[],
): Options {
  const { values } = parseArgs({
    args: [...words],
    options: {
      rows: { type: 'string' },
      peers: { type: 'string' },
      rounds: { type: 'string' },
      restarts: { type: 'string', default: '2000' },
      quick: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
    },
  })
  return {
    rows: chosen('row', values.rows, rows),
    named: values.peers !== undefined,
    peers: chosen('peer', values.peers, peers),
    rounds: values.rounds === undefined ? null : positive('rounds', values.rounds),
    restarts: positive('restarts', values.restarts),
    quick: values.quick,
    write: values.write,
  }
}

function chosen(what: string, text: string | undefined, all: readonly string[]): string[] {
  const names = text?.split(',') ?? [...all]
  const unknown = names.filter((name) => !all.includes(name))
  if (unknown.length > 0)
    throw new Error(`no ${what} ${unknown.join(', ')}; there are ${all.join(', ')}`)
  return names
}

function positive(what: string, text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new Error(`--${what} takes a number, not ${text}`)
  return Number(text)
}
