import { deepEqual, equal } from 'node:assert/strict'
import type { RemoteSource, RemoteText } from '../../src/model/ports/remote-source.ts'
import { describe, test } from './harness.ts'
import { until } from './until.ts'

/** Whether what stands beside a document is of it: here a signature is the document behind a word. */
export type Fits = (text: string, signature: string) => boolean

/** A place with nothing in it, where a document and its signature are put one by one. */
export interface SignedRemoteRoom {
  /** A source that asks for signatures. */
  readonly open: (fits: Fits) => RemoteSource
  /** Null takes it away. */
  readonly put: (text: string | null) => Promise<void>
  readonly sign: (signature: string | null) => Promise<void>
  readonly close: () => Promise<void>
}

/** What every source of remote settings has to do whose documents have to be signed. */
export function signedRemoteSourceContract(
  name: string,
  open: () => Promise<SignedRemoteRoom>,
): void {
  const scenario = (title: string, body: (room: SignedRemoteRoom) => Promise<void>): void =>
    test(title, { timeout: 60_000 }, async () => {
      const room = await open()
      try {
        await body(room)
      } finally {
        await room.close()
      }
    })
  const read = (source: RemoteSource) =>
    source.read(AbortSignal.timeout(20_000)).then((said) => said && pairOf(said))

  describe(name, () => {
    scenario('G1 gives a document with what stands beside it', async (room) => {
      const source = room.open(fits)
      equal(await read(source), null)
      await room.sign('of a: 1\n')
      equal(await read(source), null)
      await room.put('a: 1\n')
      equal(await read(source), 'a: 1\n|of a: 1\n')
    })

    scenario(
      'G2 says that nothing stands beside it, and that what does is of another',
      async (room) => {
        const source = room.open(fits)
        await room.put('a: 1\n')
        equal(await read(source), 'a: 1\n|null')
        await room.sign('of a: 2\n')
        equal(await read(source), 'a: 1\n|of a: 2\n')
      },
    )

    scenario('G3 waits for the other half of a pair', async (room) => {
      await room.put('a: 1\n')
      await room.sign('of a: 1\n')
      const source = openSigned(room)
      await room.put('a: 2\n')
      equal(await read(source), 'a: 2\n|of a: 2\n')
    })

    scenario('G4 tells what is new of either, as one pair', async (room) => {
      await room.put('a: 1\n')
      await room.sign('of a: 1\n')
      const source = openSigned(room)
      const { told, stop } = listen(source, await source.read(AbortSignal.timeout(20_000)))
      await room.put('a: 2\n')
      await until('the pair is told', () => told.length === 1)
      await room.sign('again of a: 2\n')
      await until('another signature is told', () => told.length === 2)
      await room.sign(null)
      await until('that it is gone is told', () => told.length === 3)
      await room.put(null)
      await until('that all is gone is told', () => told.length === 4)
      const pairs = ['a: 2\n|of a: 2\n', 'a: 2\n|again of a: 2\n', 'a: 2\n|null', null]
      deepEqual(told, pairs)
      stop()
    })

    scenario('G5 tells a pair that does not fit once, and the one that does', async (room) => {
      await room.put('a: 1\n')
      await room.sign('of a: 1\n')
      const source = room.open(fits)
      const { told, stop } = listen(source, await source.read(AbortSignal.timeout(20_000)))
      await room.put('a: 2\n')
      await until('it is told as it is', () => told.length === 1)
      await room.sign('of a: 2\n')
      await until('the pair is told', () => told.length === 2)
      deepEqual(told, ['a: 2\n|of a: 1\n', 'a: 2\n|of a: 2\n'])
      stop()
    })
  })
}

const fits: Fits = (text, signature) => signature.endsWith(`of ${text}`)

/** A source before which whoever put a document puts its signature as soon as that is missed. */
function openSigned(room: SignedRemoteRoom): RemoteSource {
  return room.open((text, signature) => {
    if (fits(text, signature)) return true
    void room.sign(`of ${text}`)
    return false
  })
}

function pairOf({ text, signature }: RemoteText): string {
  return `${text}|${signature}`
}

function listen(source: RemoteSource, from: RemoteText | null) {
  const told: (string | null)[] = []
  const stop = source.watch(from, {
    changed: (said) => void told.push(said && pairOf(said)),
    lost: (problem) => void told.push(`lost: ${problem}`),
    back: () => void told.push('back'),
  })
  return { told, stop }
}
