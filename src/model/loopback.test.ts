import { expect, test } from 'vitest'
import { leadsHere } from './loopback.ts'

test('an address of this machine is known however it is written, and no other is taken for one', () => {
  for (const host of [
    'localhost',
    '127.0.0.1',
    '127.9.8.7',
    '[::1]',
    '[0:0:0:0:0:0:0:1]',
    '2130706433',
  ])
    expect(leadsHere(new URL(`http://${host}:8080/x`)), host).toBe(true)
  for (const host of [
    'localhost.example',
    '127.example',
    '128.0.0.1',
    '1',
    '[::2]',
    '0.0.0.0',
    '[::]',
  ])
    expect(leadsHere(new URL(`http://${host}:8080/x`)), host).toBe(false)
})
