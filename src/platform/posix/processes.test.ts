import { expect, test } from 'vitest'
import { processes } from './processes.ts'

// Elsewhere on POSIX there is no /proc to ask.
const onLinux = test.skipIf(process.platform !== 'linux')

onLinux('P05 a living process has a birth that stays, and a dead pid has none', async () => {
  const mine = await processes().birth(process.pid)
  expect(mine).toMatch(/^\d+$/)
  expect(await processes().birth(process.pid)).toBe(mine)
  expect(await processes().birth(2 ** 22 + 1)).toBeNull()
})

onLinux('memory is what the system says to within a factor of two', async () => {
  const bytes = await processes().memory(process.pid)
  const own = process.memoryUsage.rss()
  expect(bytes).toBeGreaterThan(own / 2)
  expect(bytes).toBeLessThan(own * 2)
})
