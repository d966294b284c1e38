import { mkdtempSync, rmSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { composeAnswers, connectControl } from '../../../src/cli/compose-control.ts'
import type { GuardClient } from '../../../src/control/client.ts'
import { systemClock } from '../../../src/platform/clock.ts'
import {
  type ControlServer,
  type ServeOptions,
  serveControl,
} from '../../../src/platform/control/serve.ts'
import { type FakeGuard, fakeGuard } from '../../fakes/guard-api.ts'
import { documented } from './openapi.ts'

/** A control server over a fake guard, on a real socket, with what is needed to ask it. */
export interface Room {
  readonly directory: string
  readonly socket: string
  readonly guard: FakeGuard
  readonly server: ControlServer
  readonly client: GuardClient
  /** A connection without any protocol; destroyed at the end. */
  raw(): Socket
  /** Sends bytes and gives all that comes back until the other side ends. */
  exchange(bytes: string): Promise<string>
  [Symbol.asyncDispose](): Promise<void>
}

export async function openRoom(
  options: Partial<ServeOptions> & { readonly services?: number } = {},
): Promise<Room> {
  const { services, ...serve } = options
  const directory = mkdtempSync(join(tmpdir(), 'stead-control-'))
  const socket = join(directory, 'run', 'guard.sock')
  const guard = fakeGuard(services)
  const { handler, allow } = await composeAnswers({ api: guard, clock: systemClock() })
  const problems: string[] = []
  const told = documented(handler, problems)
  const server = await serveControl({ handler: told, allow, socket, ...serve })
  const client = connectControl(socket)
  const sockets: Socket[] = []
  const raw = (): Socket => {
    const made = connect({ path: socket, allowHalfOpen: true })
    made.on('error', () => {})
    sockets.push(made)
    return made
  }
  return {
    directory,
    socket,
    guard,
    server,
    client,
    raw,
    async exchange(bytes) {
      const made = raw()
      made.write(bytes)
      return readAll(made)
    },
    async [Symbol.asyncDispose]() {
      client.close()
      for (const made of sockets) made.destroy()
      await server.close()
      if (problems.length > 0) throw new Error(problems.join('\n'))
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

/** What comes until the other side ends or breaks the connection. */
export function readAll(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    let text = ''
    socket.setEncoding('utf8')
    socket.on('data', (part: string) => {
      text += part
    })
    socket.once('end', () => socket.destroy())
    socket.once('close', () => resolve(text))
  })
}
