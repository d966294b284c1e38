import { spawnSync } from 'node:child_process'
import {
  closeSync,
  constants,
  existsSync,
  openSync,
  readdirSync,
  statSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { until } from '../../../test/contract/until.ts'
import { temporaryDirectory } from '../../../test/fixtures/temporary-directory.ts'
import type { ProgramNotices } from '../../model/ports/program-notices.ts'
import { notifySocket } from './notify-socket.ts'
import { programNotices } from './program-notices.ts'

const isRoot = process.geteuid?.() === 0

describe.skipIf(process.platform !== 'linux')('the notices of programs', () => {
  let notices: ProgramNotices
  let directory: string
  let told: string[]
  const tell = ({ text }: { text: string }): void => void told.push(text)

  beforeEach(() => {
    directory = join(temporaryDirectory('notices'), 'run')
    notices = programNotices(directory, (user) => (user === 'nobody' ? 65_534 : null))
    told = []
  })
  afterEach(() => notices.close())

  function send(address: string, word: string): boolean {
    const socket = notifySocket(address)
    const sent = socket?.send({ STATUS: word }) === true
    socket?.close()
    return sent
  }

  test('come through a socket for each instance, until it is closed', async () => {
    const [api, web] = ['api@2', 'web'].map((id) =>
      notices.socket(id, null, ({ text }) => tell({ text: `${id} ${text}` })),
    )
    send(web?.address ?? '', 'one')
    send(api?.address ?? '', 'two')
    await until('both are there', () => told.length === 2)
    expect(told.sort()).toEqual(['api@2 STATUS=two', 'web STATUS=one'])
    api?.close()
    expect(send(api?.address ?? '', 'three')).toBe(false)
    send(web?.address ?? '', 'four')
    await until('it is there', () => told.length === 3)
    await notices.close()
    expect(readdirSync(directory)).toEqual([])
  })

  test('of an earlier life can be discarded', async () => {
    const socket = notices.socket('api', null, tell)
    send(socket.address, 'old')
    socket.discard()
    send(socket.address, 'new')
    await until('it is there', () => told.length === 1)
    expect(told).toEqual(['STATUS=new'])
  })

  test('a later guard has the same address', async () => {
    const { address } = notices.socket('api', null, tell)
    const later = programNotices(directory, () => null)
    expect(later.socket('api', null, tell).address).toBe(address)
    send(address, 'hello')
    await until('it is there', () => told.length === 1)
    await later.close()
  })

  test('only its own user can speak for a program', () => {
    const { address } = notices.socket('api', null, tell)
    expect(statSync(address).mode & 0o777).toBe(0o600)
  })

  test.skipIf(!isRoot)(
    'of another user are those of that user, by the word of the kernel',
    async () => {
      const { address } = notices.socket('api', 'nobody', tell)
      spawnSync('chmod', ['711', join(directory, '..')])
      const speak = (uid: number, word: string): number | null =>
        spawnSync(
          'python3',
          [
            '-c',
            `import os,socket,sys
os.setgid(65534); os.setuid(int(sys.argv[1]))
s=socket.socket(socket.AF_UNIX,socket.SOCK_DGRAM); s.connect(sys.argv[2]); s.send(sys.argv[3].encode())`,
            String(uid),
            address,
            word,
          ],
          { timeout: 10_000 },
        ).status
      expect(speak(12_345, 'foreign')).toBe(0)
      expect(speak(65_534, 'own')).toBe(0)
      await until('it is there', () => told.length > 0)
      expect(told).toEqual(['own'])
    },
  )

  test('a line break on a descriptor is told once', async () => {
    const { descriptor } = notices.pipe('api', 4, () => tell({ text: 'ready' }))
    if (descriptor.kind !== 'fifo') throw new Error('no FIFO')
    const fd = openSync(descriptor.path, constants.O_RDWR | constants.O_NONBLOCK)
    writeSync(fd, 'not yet')
    writeSync(fd, '\n')
    await until('it is there', () => told.length === 1)
    writeSync(fd, '\n\n')
    expect(existsSync(descriptor.path)).toBe(false)
    closeSync(fd)
    expect(told).toEqual(['ready'])
  })

  test('a program that writes its line break and ends has said it', async () => {
    const { descriptor } = notices.pipe('api', 1, () => tell({ text: 'ready' }))
    if (descriptor.kind !== 'fifo') throw new Error('no FIFO')
    spawnSync('sh', ['-c', 'echo >"$0"', descriptor.path])
    await until('it is there', () => told.length === 1)
  })
})
