/** What real programs say of themselves by sd_notify(3). */
import { writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { until } from '../../contract/until.ts'
import { lives } from './processes.ts'
import { openRoom } from './room.ts'
import { PYTHON } from './stead.ts'

const SPEAKS = `import os, signal, socket, sys, time
notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
notify.connect(os.environ["NOTIFY_SOCKET"])
say = lambda *words: notify.send("\\n".join(words).encode())
`
/** A daemon as of old: two forks, a session of its own, nothing left of its environment. */
const DAEMON = `${SPEAKS}
if os.fork():
    # A daemon whose parent ends before it is told has failed to start.
    while not os.path.exists("said"): time.sleep(0.01)
    os._exit(0)
os.setsid()
if os.fork(): os._exit(0)
script = """import os, signal, socket
notify = socket.socket(fileno=%d)
signal.signal(signal.SIGTERM, lambda *_: os._exit(7))
notify.send(b'MAINPID=%%d\\\\nREADY=1' %% os.getpid())
open('said', 'w').close()
while True: signal.pause()
""" % notify.fileno()
os.set_inheritable(notify.fileno(), True)
os.execve(sys.executable, [sys.executable, "-c", script], {})
`

test('a program that puts itself into the background is followed, and its exit code is known', async () => {
  const room = openRoom({
    daemon: {
      command: [PYTHON, '-c', DAEMON],
      ready: { notify: true },
      restart: { when: 'no' },
      startSeconds: 0,
    },
  })
  await room.up()
  const [{ pid: before } = { pid: null }] = await room.running('daemon')
  const { pid } = await room.waitFor('daemon', 'it is followed', (one) => one.pid !== null)
  expect(lives(pid as number)).toBe(true)
  await until('who started it has ended, and it runs on', async () => {
    const one = await room.one('daemon')
    return one.phase === 'running' && one.pid === before
  })
  process.kill(pid as number, 'SIGTERM')
  const ended = await room.waitFor('daemon', 'it has ended', (one) => one.phase === 'exited')
  expect(ended.lastExit).toMatchObject({ pid, cause: 'itself' })
  expect(ended.lastExit?.exit).toEqual({ kind: 'code', code: 7 })
  expect(await room.stead('down')).toMatchObject({ code: 0 })
})

test('stead reload returns when the program says that it is done, and shows it meanwhile', async () => {
  const program = `${SPEAKS}
def reload(*_):
    say("RELOADING=1", "MONOTONIC_USEC=%d" % (time.monotonic_ns() // 1000))
    while not os.path.exists("go"): time.sleep(0.01)
    print("reloaded", flush=True)
    say("READY=1")
signal.signal(signal.SIGHUP, reload)
say("READY=1")
while True: signal.pause()
`
  const room = openRoom({
    api: {
      command: [PYTHON, '-c', program],
      ready: { notify: true },
      reload: { signal: 'SIGHUP' },
    },
  })
  await room.up()
  await room.running('api')
  const reloaded = room.stead('reload', 'api')
  await room.waitFor('api', 'it reloads', (one) => one.reloading === true)
  expect((await room.stead('status')).stdout).toMatch(/api +reloading +yes/)
  expect(room.log('api')).not.toContain('reloaded')
  writeFileSync(`${room.directory}/go`, '')
  expect(await reloaded).toMatchObject({ code: 0 })
  expect(await room.one('api')).not.toHaveProperty('reloading')
})

test('a program that says that it stops, and ends at once with 0, has not crashed', async () => {
  const program = `${SPEAKS}
say("READY=1")
say("STOPPING=1", "STATUS=nothing left to do")
`
  const room = openRoom({
    api: { command: [PYTHON, '-c', program], ready: { notify: true } },
  })
  await room.up()
  const ended = await room.waitFor('api', 'it has ended', (one) => one.phase === 'exited')
  expect(ended).toMatchObject({ failures: 0, restarts: 0, statusText: 'nothing left to do' })
})
