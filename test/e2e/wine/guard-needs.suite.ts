/** What a service needs before its start, on this Windows. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { describe, test } from '../../contract/harness.ts'
import { until } from '../../contract/until.ts'
import { inRoom, PATIENCE } from './guard-room.ts'

const STAYS = 'setInterval(() => {}, 1000)'

describe('the needs of a service on Windows', () => {
  test('it waits for the file, the port and the command that it needs', {}, () =>
    inRoom(async (here) => {
      const server = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1')
      await once(server, 'listening')
      const { port } = server.address() as AddressInfo
      try {
        const exec = ['cmd.exe', '/c', 'exit 0']
        const needs = [{ tcp: `127.0.0.1:${port}` }, { file: 'token' }, { exec }]
        here.services({ web: { js: STAYS, needs } })
        await here.up()
        let why = ''
        const isFile = async (): Promise<boolean> => {
          why = (await here.status('web'))?.why ?? ''
          return /^it waits for file [^)]+token \(not there\), try/.test(why)
        }
        await until('the file is all that is missing', isFile, PATIENCE).catch(() =>
          assert.fail(`it misses something else: ${why}`),
        )
        writeFileSync(join(here.directory, 'token'), '')
        await here.untilPhase('web', 'running')
      } finally {
        server.close()
      }
    }),
  )
})
