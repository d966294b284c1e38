import { deepEqual, equal, notEqual, ok, rejects } from 'node:assert/strict'
import type { RemoteSource, RemoteText } from '../../src/model/ports/remote-source.ts'
import { describe, test } from './harness.ts'
import { until } from './until.ts'

/** A source with nothing in it, and the hands on what it is a source of. */
export interface RemoteRoom {
  readonly source: RemoteSource
  readonly put: (text: string) => Promise<void>
  readonly remove: () => Promise<void>
  /** Takes it out of reach, and lets it come back with all that it has. */
  readonly lose: () => Promise<void>
  readonly find: () => Promise<void>
  readonly close: () => Promise<void>
}

export interface RemoteTraits {
  /** It counts its changes: what it says has an order. */
  readonly counts: boolean
}

/** What every source of remote settings has to do. */
export function remoteSourceContract(
  name: string,
  { counts }: RemoteTraits,
  open: () => Promise<RemoteRoom>,
): void {
  const scenario = (title: string, body: (room: RemoteRoom) => Promise<void>): void =>
    test(title, {}, async () => {
      const room = await open()
      try {
        await body(room)
      } finally {
        await room.close()
      }
    })
  const read = ({ source }: RemoteRoom): Promise<RemoteText | null> =>
    source.read(AbortSignal.timeout(45_000))

  describe(name, () => {
    scenario('R1 has nothing until something is put there', async (room) => {
      equal(await read(room), null)
      await room.put('a: 1\n')
      equal((await read(room))?.text, 'a: 1\n')
      await room.remove()
      equal(await read(room), null)
    })

    scenario('R2 calls each state of it by another version', async (room) => {
      await room.put('a: 1\n')
      const [one, same] = [await read(room), await read(room)]
      deepEqual(one, same)
      await room.put('a: 2\n')
      const two = await read(room)
      notEqual(two?.version, one?.version)
      equal(one?.order === null, !counts)
      if (counts) ok((two?.order as number) > (one?.order as number))
    })

    scenario('R3 tells what is new since it was read, and nothing else', async (room) => {
      await room.put('a: 1\n')
      const from = await read(room)
      const { told, stop } = listen(room.source, from)
      await room.put('a: 2\n')
      await until('the change is told', () => told.length === 1)
      await room.put('a: 3\n')
      await until('the next is told', () => told.length === 2)
      await room.remove()
      await until('that it is gone is told', () => told.length === 3)
      deepEqual(told, ['a: 2\n', 'a: 3\n', null])
      stop()
    })

    scenario('R4 tells what was changed before anybody watched', async (room) => {
      await room.put('a: 1\n')
      const from = await read(room)
      await room.put('a: 2\n')
      const { told, stop } = listen(room.source, from)
      await until('the change is told', () => told.length === 1)
      deepEqual(told, ['a: 2\n'])
      stop()
    })

    scenario(
      'R5 tells once that it is lost, and that it is back with what is new',
      async (room) => {
        await room.put('a: 1\n')
        const { told, stop } = listen(room.source, await read(room))
        await room.put('a: 2\n')
        await until('it is watched', () => told.length === 1)
        await room.lose()
        await until('the loss is told', () => told.length === 2)
        await rejects(read(room))
        await room.find()
        await until('the return is told', () => told.includes('back'))
        await room.put('a: 3\n')
        await until('what is new is told', () => told.includes('a: 3\n'))
        deepEqual(
          told.filter((one) => !one?.startsWith('lost')),
          ['a: 2\n', 'back', 'a: 3\n'],
        )
        stop()
      },
    )

    scenario('R6 is watched also where it cannot be reached yet', async (room) => {
      await room.put('a: 1\n')
      await room.lose()
      const { told, stop } = listen(room.source, null)
      await until('the loss is told', () => told.length > 0)
      await room.find()
      await until('what there is is told', () => told.includes('a: 1\n'))
      deepEqual(
        told.filter((one) => !one?.startsWith('lost')),
        ['back', 'a: 1\n'],
      )
      stop()
    })

    scenario('R7 tells nothing after it was stopped', async (room) => {
      await room.put('a: 1\n')
      const first = listen(room.source, null)
      await until('it is watched', () => first.told.length === 1)
      first.stop()
      const second = listen(room.source, await read(room))
      await room.put('a: 2\n')
      await until('another is told', () => second.told.length === 1)
      deepEqual(first.told, ['a: 1\n'])
      second.stop()
    })

    scenario('R8 tells that it is back from what was wrong before it was watched', async (room) => {
      await room.put('a: 1\n')
      const { told, stop } = listen(room.source, await read(room), 'it was away')
      await until('the return is told', () => told.length > 0)
      await room.put('a: 2\n')
      await until('the change is told', () => told.length > 1)
      deepEqual(told, ['back', 'a: 2\n'])
      stop()
    })
  })
}

/** What is told, in order: texts, null, `lost …`, `back`. */
function listen(source: RemoteSource, from: RemoteText | null, lost?: string) {
  const told: (string | null)[] = []
  const listener = {
    changed: (text: RemoteText | null) => void told.push(text?.text ?? null),
    lost: (problem: string) => void told.push(`lost: ${problem}`),
    back: () => void told.push('back'),
  }
  const stop = source.watch(from, listener, lost)
  return { told, stop }
}
