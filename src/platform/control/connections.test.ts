import { Socket } from 'node:net'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { connections } from './connections.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }))
afterEach(() => void vi.useRealTimers())

const limits = { clients: 1, request: 1_000, idle: 1_000, unread: 1_000, paused: 1_000 }

test('a timer runs while there are connections, and none while there are none', async () => {
  const clients = connections(limits)
  expect(vi.getTimerCount()).toBe(0)
  const sockets = [new Socket(), new Socket()]
  for (const socket of sockets) clients.add(socket)
  expect(vi.getTimerCount()).toBe(1)
  for (const socket of sockets) {
    const closed = new Promise((resolve) => socket.once('close', resolve))
    socket.destroy()
    await closed
  }
  expect(vi.getTimerCount()).toBe(0)
  expect(clients.size).toBe(0)
})
