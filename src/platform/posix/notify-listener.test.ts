import { spawnSync } from 'node:child_process'
import { closeSync, readdirSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { temporaryDirectory } from '../../../test/fixtures/temporary-directory.ts'
import { notifyListener } from './notify-listener.ts'
import { notifySocket } from './notify-socket.ts'

describe.skipIf(process.platform !== 'linux')('the receiving end of sd_notify', () => {
  test('takes what is sent, each datagram whole, with its sender', () => {
    const path = join(temporaryDirectory('notify'), 'socket')
    const listener = notifyListener(path)
    expect(listener.receive()).toBeNull()
    const socket = notifySocket(path)
    socket?.send({ READY: 1, STATUS: 'as it should be' })
    socket?.send({ WATCHDOG: 1 })
    socket?.close()
    const sender = { pid: process.pid, uid: process.getuid?.() }
    expect(listener.receive()).toEqual({
      text: 'READY=1\nSTATUS=as it should be',
      sender,
      descriptors: [],
    })
    expect(listener.receive()).toEqual({ text: 'WATCHDOG=1', sender, descriptors: [] })
    expect(listener.receive()).toBeNull()
    listener.close()
    expect(listener.receive()).toBeNull()
  })

  test('discards what is too long, and goes on', () => {
    const path = join(temporaryDirectory('notify'), 'socket')
    const listener = notifyListener(path)
    const socket = notifySocket(path)
    socket?.send({ STATUS: 'x'.repeat(5_000) })
    socket?.send({ READY: 1 })
    socket?.close()
    expect(listener.receive()?.text).toBe('READY=1')
    listener.close()
  })

  test('descriptors that come along are whoever’s who receives them', () => {
    const path = join(temporaryDirectory('notify'), 'socket')
    const listener = notifyListener(path)
    const marker = `${path}.marker`
    const code = `import socket,array,os,sys
s=socket.socket(socket.AF_UNIX,socket.SOCK_DGRAM)
s.connect(sys.argv[1])
f=os.open(sys.argv[2],os.O_CREAT|os.O_RDWR)
s.sendmsg([b"FDSTORE=1"],[(socket.SOL_SOCKET,socket.SCM_RIGHTS,array.array("i",[f]*8))])`
    const { status } = spawnSync('python3', ['-c', code, path, marker])
    expect(status).toBe(0)
    const received = listener.receive()
    expect(received).toMatchObject({ text: 'FDSTORE=1' })
    expect(received?.descriptors).toHaveLength(8)
    expect(openFiles().filter((one) => one === marker)).toHaveLength(8)
    for (const fd of received?.descriptors ?? []) closeSync(fd)
    expect(openFiles()).not.toContain(marker)
    listener.close()
  })

  test('says what is wrong with a path', () => {
    expect(() => notifyListener(`/${'x'.repeat(200)}`)).toThrow('too long')
    expect(() => notifyListener('/nowhere/at/all')).toThrow('cannot bind')
  })
})

function openFiles(): string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/self/fd/${fd}`)]
    } catch {
      return []
    }
  })
}
