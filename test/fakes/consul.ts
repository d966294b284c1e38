import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Listening, listening } from '../contract/remote-rooms.ts'

export interface FakeConsul extends Listening {
  readonly put: (key: string, value: string) => void
  readonly remove: (key: string) => void
  /** As after a restore from an older snapshot: everything counts from here on. */
  readonly setIndex: (index: number) => void
  /** Requests that wait for a change now. */
  readonly waiting: () => number
}

/**
 * Stands for an agent of Consul, which Debian does not have: the part of /v1/kv that is needed, with
 * blocking queries, over real HTTP on the loopback, by the documentation of its API.
 *
 * @param token X-Consul-Token that has to be shown; none without it
 */
export async function fakeConsul(token?: string): Promise<FakeConsul> {
  const keys = new Map<string, { value: string; index: number }>()
  let index = 10
  const waiters = new Set<() => void>()

  const changed = (): void => {
    for (const wake of [...waiters]) wake()
  }

  function answer(url: URL, response: ServerResponse): void {
    const name = decodeURIComponent(url.pathname.replace(/^\/v1\/kv\//, ''))
    const isPrefix = url.searchParams.has('recurse')
    const found = [...keys].filter(([key]) => (isPrefix ? key.startsWith(name) : key === name))
    const newest = isPrefix
      ? index
      : Math.max(...found.map(([, one]) => one.index), found.length === 0 ? index : 1)
    response.setHeader('X-Consul-Index', String(newest))
    if (found.length === 0) return void response.writeHead(404).end()
    const told = found.map(([key, { value, index: at }]) => ({
      LockIndex: 0,
      Key: key,
      Flags: 0,
      Value: Buffer.from(value).toString('base64'),
      CreateIndex: at,
      ModifyIndex: at,
    }))
    response.setHeader('Content-Type', 'application/json')
    response.end(JSON.stringify(told))
  }

  function handle(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', 'http://consul')
    if (token !== undefined && request.headers['x-consul-token'] !== token)
      return void response.writeHead(403).end('ACL not found')
    const known = Number(url.searchParams.get('index') ?? 0)
    if (known === 0 || known < index) {
      answer(url, response)
      return
    }
    const wake = (): void => {
      waiters.delete(wake)
      if (!response.destroyed) answer(url, response)
    }
    waiters.add(wake)
    response.once('close', () => waiters.delete(wake))
  }

  const server = await listening(handle)
  return {
    ...server,
    get port() {
      return server.port
    },
    put(key, value) {
      index += 1
      keys.set(key, { value, index })
      changed()
    },
    remove(key) {
      index += 1
      keys.delete(key)
      changed()
    },
    setIndex(at) {
      index = at
      for (const [key, one] of keys) keys.set(key, { ...one, index: at })
      changed()
    },
    waiting: () => waiters.size,
  }
}
