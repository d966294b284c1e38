import { expect, test, vi } from 'vitest'
import { patiently } from './patiently.ts'

function held(times: number, code: string) {
  return vi.fn(async () => {
    if (times-- > 0) throw Object.assign(new Error(code), { code })
    return 'done'
  })
}

test('what somebody has open is done on Windows once it is closed', async () => {
  for (const code of ['EBUSY', 'EPERM', 'EACCES', 'ENOTEMPTY'])
    expect(await patiently(held(2, code), 'win32')).toBe('done')
})

test('what fails for another reason, or elsewhere, is not tried again', async () => {
  const missing = held(1, 'ENOENT')
  await expect(patiently(missing, 'win32')).rejects.toThrow('ENOENT')
  const refused = held(1, 'EACCES')
  await expect(patiently(refused, 'linux')).rejects.toThrow('EACCES')
  expect([missing.mock.calls.length, refused.mock.calls.length]).toEqual([1, 1])
})

test('what stays open fails as it did, after seconds', async () => {
  vi.useFakeTimers()
  try {
    const trying = patiently(held(Number.POSITIVE_INFINITY, 'EBUSY'), 'win32')
    const seen = expect(trying).rejects.toThrow('EBUSY')
    await vi.advanceTimersByTimeAsync(10_000)
    await seen
  } finally {
    vi.useRealTimers()
  }
})
