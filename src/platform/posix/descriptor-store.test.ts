import { execFileSync } from 'node:child_process'
import { closeSync, constants, fstatSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { until } from '../../../test/contract/until.ts'
import { temporaryDirectory } from '../../../test/fixtures/temporary-directory.ts'
import { descriptorStore } from './descriptor-store.ts'
import { programNotices } from './program-notices.ts'

const isOpen = (fd: number): boolean => {
  try {
    fstatSync(fd)
    return true
  } catch {
    return false
  }
}
const OPTIONS = { name: 'state', most: 2, polls: true }

describe.skipIf(process.platform !== 'linux')(
  'descriptors that programs leave with the guard',
  () => {
    let directory: string
    let notices: ReturnType<typeof programNotices>
    let count = 0
    const fresh = (): number => {
      count += 1
      return openSync(join(directory, `f${count}`), 'w+')
    }

    beforeEach(() => {
      directory = temporaryDirectory('store')
      notices = programNotices(directory, () => null)
    })
    afterEach(() => notices.close())

    test('are kept in their order, and given up by name or all', () => {
      const store = descriptorStore(notices)
      const [a, b, c] = [fresh(), fresh(), fresh()]
      store.keep('api', [a, b], { ...OPTIONS, most: 9 })
      store.keep('api', [c], { ...OPTIONS, name: 'other', most: 9 })
      expect(store.of('api')).toEqual([
        { name: 'state', fd: a },
        { name: 'state', fd: b },
        { name: 'other', fd: c },
      ])
      expect(store.of('web')).toEqual([])
      store.giveUp('api', 'state')
      expect([a, b, c].map(isOpen)).toEqual([false, false, true])
      store.giveUp('api')
      expect([store.of('api'), isOpen(c)]).toEqual([[], false])
    })

    test('are no more than may be, and none is there twice', () => {
      const store = descriptorStore(notices)
      const [a, b, c] = [fresh(), fresh(), fresh()]
      const again = openSync(`/proc/self/fd/${a}`, 'r')
      store.keep('api', [a, again, b, c], OPTIONS)
      expect([a, again, b, c].map(isOpen)).toEqual([true, false, true, false])
      store.giveUp('api')
    })

    test('are given up when their other side is gone, unless that is not wanted', async () => {
      const store = descriptorStore(notices)
      const path = join(directory, 'fifo')
      execFileSync('mkfifo', [path])
      const read = (): number => openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
      const [polled, kept] = [read(), read()]
      const writer = openSync(path, 'w')
      store.keep('api', [polled], { ...OPTIONS, name: 'polled' })
      store.keep('api', [kept], { ...OPTIONS, name: 'kept', polls: false })
      closeSync(writer)
      await until('the polled one is gone', () => !isOpen(polled))
      expect(store.of('api')).toEqual([{ name: 'kept', fd: kept }])
      store.giveUp('api')
    })
  },
)
