import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const here = fileURLToPath(new URL('./small-heap.ts', import.meta.url))

interface Heap {
  readonly young: number
  readonly used: number
}

/** The heap of a process of its own after a short load, before and after it has rested, in KiB. */
async function heapAfterLoad(begin: string): Promise<{ before: Heap; after: Heap }> {
  const script = `
    import { getHeapSpaceStatistics, getHeapStatistics } from 'node:v8'
    import { boundNewSpace, smallHeap } from ${JSON.stringify(here)}
    const look = () => ({
      young: getHeapSpaceStatistics().find((space) => space.space_name === 'new_space').space_size / 1024,
      used: getHeapStatistics().used_heap_size / 1024,
    })
    ${begin}
    let kept = []
    for (let n = 0; n < 3_000_000; n++) kept[n % 60_000] = { n, text: 'x' + n }
    kept = []
    heap?.used()
    const before = look()
    setTimeout(() => console.log(JSON.stringify({ before, after: look() })), 100)`
  const args = ['--input-type=module', '--disable-warning=ExperimentalWarning', '-e', script]
  const { stdout } = await promisify(execFile)(process.execPath, args)
  return JSON.parse(stdout) as { before: Heap; after: Heap }
}

test('the space for new objects stays small, and garbage is gone when it rests', async () => {
  const { before, after } = await heapAfterLoad('boundNewSpace(); const heap = smallHeap(20, 0)')
  expect(before.young).toBeLessThan(4_096)
  expect(after.used).toBeLessThan(before.used / 2)
})

test('without it that space grows', async () => {
  const { before } = await heapAfterLoad('const heap = null')
  expect(before.young).toBeGreaterThan(8_192)
})

test('it keeps no process alive', async () => {
  const script = `
    import { smallHeap } from ${JSON.stringify(here)}
    smallHeap(3_600_000, 0).used()`
  const args = ['--input-type=module', '--disable-warning=ExperimentalWarning', '-e', script]
  await promisify(execFile)(process.execPath, args, { timeout: 10_000 })
})
