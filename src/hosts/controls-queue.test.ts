import { expect, test } from 'vitest'
import type { Control } from '../model/ports/host.ts'
import { controlsQueue } from './controls-queue.ts'

test('controls that come before there is a receiver are delivered to it, in order, once', () => {
  const queue = controlsQueue()
  const heard: string[] = []
  queue.push({ type: 'pause' })
  queue.push({ type: 'stop', reason: 'request', force: false })
  queue.listen(({ type }: Control) => heard.push(type))
  expect(heard).toEqual(['pause', 'stop'])
  queue.push({ type: 'reload' })
  expect(heard).toEqual(['pause', 'stop', 'reload'])
})
